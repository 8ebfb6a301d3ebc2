import {
  AppstoreOutlined, AuditOutlined, BarChartOutlined, BellOutlined, BgColorsOutlined, CalendarOutlined, CheckSquareOutlined, ContactsOutlined, FileSearchOutlined, FileTextOutlined,
  HomeOutlined, IdcardOutlined, InboxOutlined, MedicineBoxOutlined, QuestionCircleOutlined, SafetyOutlined, SearchOutlined, SettingOutlined, TeamOutlined, UserSwitchOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";

const icons: Record<string, ReactNode> = {
  home: <HomeOutlined />, design: <BgColorsOutlined />, inbox: <InboxOutlined />, record: <FileTextOutlined />, search: <SearchOutlined />,
  people: <TeamOutlined />, messages: <BellOutlined />, acting: <UserSwitchOutlined />, help: <QuestionCircleOutlined />, code: <IdcardOutlined />,
  settings: <SettingOutlined />, board: <BarChartOutlined />, check: <CheckSquareOutlined />, rules: <AuditOutlined />, trail: <SafetyOutlined />,
  find: <FileSearchOutlined />, accounts: <ContactsOutlined />, calendar: <CalendarOutlined />, care: <MedicineBoxOutlined />, parts: <AppstoreOutlined />,
};

/** The icon of a name; none for a name that there is not. */
export const iconOf = (name: string | undefined): ReactNode => (name ? icons[name] : undefined);
