import {
  ApartmentOutlined, AppstoreOutlined, AuditOutlined, BankOutlined, BarChartOutlined, BellOutlined, BgColorsOutlined, CalendarOutlined, CheckSquareOutlined,
  ContactsOutlined, DashboardOutlined, FieldTimeOutlined, ScheduleOutlined, FileSearchOutlined, FileTextOutlined, FontSizeOutlined, HomeOutlined, IdcardOutlined,
  InboxOutlined, KeyOutlined, LogoutOutlined, MedicineBoxOutlined, OrderedListOutlined, PhoneOutlined, QuestionCircleOutlined, RightOutlined, SafetyOutlined, SearchOutlined,
  SendOutlined, SettingOutlined, SolutionOutlined, SwapOutlined, TeamOutlined, TranslationOutlined, UnorderedListOutlined, UserSwitchOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";

const icons: Record<string, ReactNode> = {
  home: <HomeOutlined />, design: <BgColorsOutlined />, inbox: <InboxOutlined />, record: <FileTextOutlined />, search: <SearchOutlined />,
  people: <TeamOutlined />, messages: <BellOutlined />, acting: <UserSwitchOutlined />, help: <QuestionCircleOutlined />, code: <IdcardOutlined />,
  settings: <SettingOutlined />, board: <BarChartOutlined />, check: <CheckSquareOutlined />, rules: <AuditOutlined />, trail: <SafetyOutlined />,
  find: <FileSearchOutlined />, accounts: <ContactsOutlined />, calendar: <CalendarOutlined />, care: <MedicineBoxOutlined />, parts: <AppstoreOutlined />, institutions: <BankOutlined />, alliance: <ApartmentOutlined />,
  health: <DashboardOutlined />, jobs: <UnorderedListOutlined />, sent: <SendOutlined />, swap: <SwapOutlined />, visit: <ScheduleOutlined />, phone: <PhoneOutlined />,
  room: <SolutionOutlined />, queue: <OrderedListOutlined />, waiting: <FieldTimeOutlined />,
  go: <RightOutlined />, language: <TranslationOutlined />, size: <FontSizeOutlined />, keys: <KeyOutlined />, end: <LogoutOutlined />,
};

/** The icon of a name; none for a name that there is not. */
export const iconOf = (name: string | undefined): ReactNode => (name ? icons[name] : undefined);

/** All names of icons. */
export const iconNames: readonly string[] = Object.keys(icons);
