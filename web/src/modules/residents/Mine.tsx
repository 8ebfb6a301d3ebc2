export { Mine as default } from "./Resident";
