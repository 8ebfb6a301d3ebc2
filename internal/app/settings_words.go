package app

// settingWords say in Chinese what each setting does, by its name; in English its declaration does.
var settingWords = map[string]string{
	"db":         "数据库：sqlite:文件路径，或 postgres:// 地址。带密码的地址最好用 YITONG_DB 设置，因为本机其他人能看到命令行。",
	"seal-key":   "用于加密存储正文的密钥文件（SM4-GCM），由 yitong key new 生成。同一档案库的所有服务器和命令使用同一把，绝不能丢失；缺少它，加密的档案库无法打开。文件有多行时，第一行用于加密，所有行都能解密。",
	"seal-off":   "能读取已用 --seal-key 加密的内容，但新内容不再加密；直到 yitong seal 把已有内容全部解密。",
	"references": "引用是否必须指向已有的资源：check 检查；off 不检查，用于乱序批量导入。",
	"validate":   "资源违反 FHIR R4 或其声明的规范时：strict 拒绝；warn 接收并告知写入方；off 不检查。",
	"validate-for": "对单个类型、程序或某程序的某类型分别设置，如 Basic=off;client:lab=warn;client:lab/Observation=strict；针对程序的设置优先。" +
		"程序指已登记的程序；没有账户时为 serve、import 和 demo。",

	"tls-cert": "服务器的 PEM 证书，后接通往根证书的各级证书。更换文件后一分钟内生效，无需重启。",
	"tls-key":  "--tls-cert 的 PEM 私钥，不带密码。",
	"acme": "服务器对外的名称，如 record.hospital.example；证书通过 ACME 自动申请和续期，设置即表示接受证书机构的条款。" +
		"该名称的 443 端口须通到本服务器，或 80 端口通到 --redirect。多个名称可重复设置。",
	"acme-cache":     "存放 --acme 账户、私钥和证书的文件夹。名称相同的服务器必须共用，因为每台都会替其他服务器应答证书机构。",
	"acme-directory": "证书机构的目录地址，为 https 地址。",
	"acme-email":     "证书出现问题时，证书机构联系的邮箱。",
	"acme-roots":     "用于核验证书机构自身地址的 PEM 证书，供私有机构使用；留空则用系统证书。",
	"redirect":       "明文监听地址，如 :80，用于把浏览器引向 https 并应答 ACME。",
	"behind-proxy":   "反向代理的地址，如 10.0.0.7 或 10.0.0.0/24。只采信它们给出的 X-Forwarded-For 和 X-Forwarded-Proto。",
	"insecure-http":  "允许其他机器不经 TLS 访问。仅限测试网络：密码和档案会明文传输。",

	"key-file": "平台密钥文件，保护一次性密码、签名密钥和令牌，由 yitong key new 生成。同一档案库的所有服务器使用同一把；须与数据库分开存放，绝不能丢失。" +
		"在上方添加一行，此后用新密钥保护执业人员的密钥；最后一行须保留，其余内容由它保护。未设置时可由 YITONG_PLATFORM_KEY 直接给出（base64）；" +
		"否则放在 SQLite 文件旁，缺少时自动生成。",
	"sms":       "手机验证码的去向：短信网关的 https 地址（以 POST 接收 JSON {\"phone\",\"text\"}），或 file:路径（追加到文件，供试用）。留空则不发送，居民无法登录。",
	"sms-token": "短信网关所需令牌（Bearer）的文件。",
	"policy":    "规定各角色可查看、可办理内容的文件，用来代替程序自带的规定（见 docs/access.md）。同一档案库的所有服务器使用同一份。",
	"url": "人员和程序访问服务器的地址，如 https://record.county.example，不带路径。它写入令牌和链接，通行密钥也只对它有效。" +
		"未设置时由 --acme 或本机的 --addr 得出。",

	"trail-log":     "封存访问留痕的日志文件夹，放在同一档案库的所有服务器都能打开的存储上，最好与数据库分开。未设置时放在 SQLite 文件旁。",
	"trail-name":    "日志检查点开头的名称，形如主机名，如 trail.county.example，确定后不能更改。未设置时由档案库生成。",
	"trail-witness": "联署日志检查点的见证方：密钥、加号、地址，如 名称+8 位数字+base64+https://witness.example。多个可重复设置。",

	"sign-name":  "平台自有证书机构签发的证书中的平台名称；已签发的保持不变。",
	"sign-trust": "所信任的其他机构的证书文件（PEM），含持牌机构的根证书和下级证书，用于核验证书和时间戳。同一档案库的所有服务器使用同一份。",
	"sign-tsa":   "时间戳机构的地址（RFC 3161，HTTP），用来代替平台自有的；其根证书放在 --sign-trust 中。",
	"sign-fresh": "签名人完成第二步验证后多久内可以签名，如 30m；超过后需再次验证，0 表示不要求。",

	"archive": "持续归档的文件夹，最好在其他机器的存储上；SQLite 档案库每秒归档一次，yitong restore 便可恢复到备份之后的任意时刻。" +
		"PostgreSQL 由其自身归档，见 docs/backup.md。",
	"backup-key": "加密备份和归档的密钥文件，由 yitong key new 生成。它与平台密钥不同，须存放在档案库和备份以外的地方；丢失后备份无法恢复。",

	"mail-host":     "发送通知的邮件服务器（SMTP）。留空则不发送邮件。",
	"mail-port":     "邮件服务器的端口。",
	"mail-tls":      "与邮件服务器之间的加密方式：starttls 先以命令升级，不成则不发送；tls 一开始就加密（通常为 465 端口）。",
	"mail-user":     "登录邮件服务器的用户名。留空则不登录。",
	"mail-password": "存放 --mail-user 密码的文件，本机其他人不得读取。",
	"mail-from":     "通知的发件地址，如 notices@health.example.cn。",
	"mail-roots":    "用于核验邮件服务器的 PEM 证书，供私有机构使用；留空则用系统证书。",
	"help-phone":    "供使用网页和应用的人求助的电话。12345 是全国通用的政务服务便民热线；机构可换成自己的。留空则没有。",
	"help-hours":    "求助电话的服务时间，按人们阅读的样子书写：先中文，空格、斜杠、空格之后是英文。",

	"notice-digest":   "不紧急的通知等待多久，以便合并为一条消息发出。",
	"notice-sms-most": "每人每天最多收到的通知短信数；超出的顺延到次日。",

	"subscription-networks": "订阅通知可以推送到的内部网络，如 10.20.0.0/16。未列出时只推送到公网地址，防止有人借服务器访问内部网络。",
	"subscription-timeout":  "订阅的接收地址应答一次通知的最长时间。",
	"subscription-give-up":  "推送失败后持续重试多久；超过后订阅的状态变为 error。",

	"addr":         "监听地址。设置 --auth none 时只能是本机地址。",
	"auth":         "谁可以使用服务器：required 要求每个人登录；none 让本机所有人不登录即可做任何事，仅供试用。",
	"max-body":     "请求正文解压后的最大字节数。",
	"max-requests": "同时处理的 FHIR 请求数上限；其余请求稍作等待，仍无空位则被告知稍后再来。0 表示每个处理器 32 个，至少 64 个。",
	"max-time":     "单个 FHIR 请求的最长处理时间，0 表示不限。已开始的写入不会中断。",
	"zone":         "未注明时区的日期所用的时区。",
	"region":       "机构未注明所在地时适用哪个行政区划（GB/T 2260）的规则，如 440100。留空则适用全国规则。",
	"pprof":        "性能分析器的监听地址，只能是本机地址。留空则不开启。",
	"log-level":    "日志级别：debug、info、warn 或 error。",
	"drain":        "停止服务时，等待已开始的请求完成的最长时间。",
}
