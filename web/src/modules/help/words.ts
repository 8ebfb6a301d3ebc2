import { declare } from "../../words";

export const words = declare({
  title: ["帮助", "Help"],
  call: ["拨打 {0}", "Call {0}"],
  bar: ["需要帮助？拨打 {0}", "Help: call {0}"],
  phone: ["电话求助", "Help by telephone"],
  phoneWhy: ["不会操作、看不清或遇到问题，都可以打电话，由工作人员帮您。", "If something is hard to do or to read, or does not work, call: somebody helps you."],
  government: ["{0} 是政务服务便民热线，全国通用。", "{0} is the government’s line for citizens, everywhere in China."],
  hours: ["接听时间：{0}", "Answered: {0}"],
  noPhone: ["本平台没有开通电话求助，请到任一机构的服务窗口。", "There is no help by telephone here; go to the service window of any institution."],
  questions: ["常见问题", "Common questions"],
  windows: ["不用手机也能办", "Without a phone"],
  windowsWhy: ["网上能办的，窗口都能办，不会因为没有手机而办不了。", "All that can be done here is done at the window too; nobody is turned away for having no phone."],
  atWindow: ["到任一医疗机构的服务窗口，带本人有效证件：查看和打印档案、申请更正、登记代办人、更换手机号、办理健康卡。", "At the service window of any institution, with your document: see and print your record, ask for corrections, let somebody act for you, change your phone number, get a health card."],
  onPaper: ["需要纸质材料时，可以在“我的档案”“我的证件”里打印，也可以请窗口打印。", "On paper: print it here, from your record and your cards, or ask at the window."],
  lane: ["老年人、孕产妇、儿童和行动不便的人，请找导办员或走绿色通道，有人陪同办理。", "Old people, pregnant women, children and people who move with difficulty: ask a guide, or use the green lane."],
  go: ["去看看", "Go there"],
});

/** Questions of residents, with their answers, in the order in which they are asked. */
export const residents = declare({
  record: ["我的健康档案是什么？", "What is my record?"],
  recordTold: [
    "您在本地各医疗机构的就诊、检查检验、用药、预防接种等记录，汇在一起就是您的健康档案。由各机构上传，您随时可以查看。",
    "What institutions of the region have written about you: visits, results, medicines, vaccinations. You can read it at any time.",
  ],
  sees: ["谁能看到我的档案？", "Who sees it?"],
  seesTold: [
    "为您诊治的机构能看到自己写的内容；别的机构要经您同意，或者在抢救等法律规定的情形下才能看。每一次查看都有记录，您在“谁看过”里都能查到。",
    "Institutions that treat you see what they have written. Others need your consent, or a case that the law names, such as an emergency. Every look is on record, and you can read who has looked.",
  ],
  correct: ["记录有错怎么办？", "What if something in it is wrong?"],
  correctTold: [
    "打开那条记录，点“申请更正”，写明哪里不对。机构会在期限内答复；不同意答复，还可以申诉。也可以到窗口办理。",
    "Open the entry and ask for a correction, saying what is wrong. The institution answers within a time limit, and you can appeal. The window takes it too.",
  ],
  act: ["怎么帮父母、孩子办理？", "How do I act for my parents or children?"],
  actTold: [
    "请对方在自己的“亲友代办”里授权给您，您登录后一点就能切换。对方不用手机，或是未满 14 岁的孩子，请带双方证件到服务窗口登记。",
    "They let you act under “Family and friends”, and then you switch with one tap. For a child, or for somebody without a phone, take the documents of both of you to a service window.",
  ],
  lost: ["手机丢了或换了号码怎么办？", "What if my phone is lost, or has a new number?"],
  lostTold: [
    "请先向运营商挂失，再带本人证件到任一机构的服务窗口更换登记的手机号，然后用新号码登录、重新实名认证。换号后，旧手机不能再查看您的档案。",
    "Have the number blocked by your carrier. Then take your document to the service window of any institution to enter the new one, sign in by it and verify your name again. The old phone sees nothing of your record any more.",
  ],
  fraud: ["有人向我要验证码怎么办？", "What if somebody asks for my code?"],
  fraudTold: ["不要给。工作人员不会向您索要密码和验证码，也不会要求转账。已经告诉了别人，请马上打电话求助。", "Do not give it. Nobody who works here asks for passwords or codes, or for money. If you have told it to somebody, call at once."],
});

/** Questions of those who work here. */
export const staff = declare({
  password: ["忘记密码，或手机丢了登录不了怎么办？", "What if I have lost my password, or the phone with the codes?"],
  passwordTold: [
    "手机不在身边，可用设置时保存的备用码登录，再到“我的账户”重新设置。密码忘了，或备用码也没有，请本机构管理员重新邀请您。",
    "Without the phone, sign in with one of the spare codes and set up another one at “My account”. Without password or spare codes, let the administrator of your institution invite you again.",
  ],
  place: ["为什么看不到某个功能？", "Why do I not see some place?"],
  placeTold: ["功能随身份而定。请在右上角切换身份；还没有的，请本机构管理员授予相应角色。", "Places depend on what you act as. Change that at the top right; if something is missing, ask the administrator of your institution for the role."],
  closed: ["为什么打不开居民的档案？", "Why is a resident’s record closed to me?"],
  closedTold: [
    "其他机构的记录，要有居民本人的授权或就诊、转诊等许可才能查看。抢救时可申请紧急查看，须写明理由，居民会收到通知，事后由管理员复核。",
    "What other institutions keep needs the resident’s consent, or a permit by a visit or a referral. In an emergency you can open it with a reason; the resident is told, and it is reviewed afterwards.",
  ],
  assist: ["怎么帮不会用手机的居民？", "How do I help somebody who has no phone?"],
  assistTold: ["请在窗口核对本人有效证件后代为办理。能网上办的，窗口都要能办，不能只留线上渠道。", "See their document at the window and do it for them. Whatever can be done online must be done at the window as well."],
});
