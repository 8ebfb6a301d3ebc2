// Package profiles holds the profiles of the platform itself, with the extensions, code systems and value sets that
// they use, as FHIR R4 definitions (mission F8; A1 and A2 for bookings). They say in machine-readable form what a
// resource has to bring so that the region's rules can work with it. They bind those who name them in meta.profile; a
// resource that names none is as welcome as before.
//
// Each definition is a file in definitions, with a differential written by hand. Canonicals are
// urn:yitong:profile:NAME, urn:yitong:extension:NAME, urn:yitong:valueset:NAME and urn:yitong:codesystem:NAME. An
// element that is marked mustSupport is kept and shown by every part of the platform; whoever sends it may leave it
// out unless it is required.
//
// # Profiles
//
// The third column names the source: norms, laws, or the design of the platform (custodian: each clinical resource has
// somebody who answers for it). What a rule leaves to regions and years, such as how many days an ordinary
// prescription covers, is not here but in the tables of the modules.
//
//	NAME                 what it requires                                            source
//	resident             a number with system or type; citizen ID number of right    GB 11643; WS 364.3 CV02.01.101;
//	                     form, day and check; formats of permits, record and birth   basic public health services, 3rd
//	                     certificate numbers; name.text; gender; birthDate           ed. (2017); birth certificates
//	                     warns: sex or birth date unlike the number; passport; mobile
//	institution          credit code of right form and check, or registration        GB 32100; WS 218
//	                     number; active; type; name; address; a division code of     GB/T 2260
//	                     right form with the district, if one is given
//	                     warns: check of the early pilot codes
//	site                 status; name; managingOrganization                          custodian
//	practitioner         an identifier; licence and certificate numbers of right     law on physicians; GB 11643
//	                     length; name.text; citizen ID number as above
//	practitioner-role    practitioner; organization; code; specialty                 law on physicians: registered place,
//	                                                                                 category and scope
//	encounter            subject; period as the status has it; serviceProvider       custodian
//	condition            verificationStatus; code; subject; recordedDate; recorder   custodian
//	observation          code; subject; effective; performer; a finished one a       custodian
//	                     result
//	observation-lab      as observation; category laboratory                         mutual recognition of results:
//	                     warns: unit that is not UCUM                                国卫医发〔2022〕6号
//	diagnostic-report    code; subject; effective; performer; a released one issued  custodian; the same
//	                     and content
//	medication-request   coded drug; subject; authoredOn; requester of the staff;    处方管理办法; 长期处方管理规范（试行）
//	                     diagnosis; dosage; at most 12 weeks
//	medication-dispense  coded drug; subject; performer; prescription; a completed   drug administration law; 处方管理办法;
//	                     one quantity and time. Warns: no trace code from 2026 on    trace codes from 2026-01-01
//	procedure            code; subject; performer; performed once begun              custodian
//	allergy-intolerance  named substance; patient; recordedDate; recorder            custodian
//	immunization         coded vaccine; patient; primarySource; a dose given here    vaccine administration law
//	                     also date and time, lot, expiry, performer
//	                     warns: no holder or trace code; given after expiry
//	service-request      code; subject; authoredOn; requester                        custodian
//	document-reference   type; subject; date; author; custodian; media type          custodian
//	composition          outpatient note (LOINC 34108-1): subject; encounter;        病历书写基本规范 (2010), article 13;
//	                     custodian; sections with titles; a final one is signed      electronic signature law
//	                     warns: no chief complaint or diagnosis
//	appointment          exactly one patient; somebody or something that is booked   real-name booking; 国卫规划发〔2020〕22号
//	consent              patient; dateTime; performer; organization; provision with  personal information protection law;
//	                     type, start and grantee                                     the platform's permits
//	task                 code; patient (for); authoredOn; requester; owner or kind   two-way referral: a rejection gives
//	                     of owner; a reason for rejection                            its reason
//
// Vital signs name HL7's own profile of the measurement beside observation.
//
// # Codes
//
//	identity-document    document types: WS 364.3 CV02.01.101, and types that regions added; extensible
//	department           医疗机构诊疗科目名录 (1994): the first level, and the second of the larger departments
//	ethnic-group         value set of GB/T 3304, whose system is urn:oid:2.16.156.10011.2.3.3.3
//	slot-share           shares of a number pool: on site, referral, public
//	institution-class    classes of WS 218 that the platform tells apart (Organization.type)
//	hospital-level       医院分级管理办法 (1989): level and grade (Organization.type)
//	alliance-role        lead, member and partner of a medical alliance, and who has a green channel
//	                     (OrganizationAffiliation.code)
//
// # Rules in FHIRPath
//
// Keys begin with yt-. What is told about them in English and Chinese stands in package validate. The check
// characters are computed: of a citizen ID number by ISO 7064 MOD 11-2, doubling as it reads; of a credit code by
// reading from the left with the factor 21, which undoes the norm's weights 3^i modulo 31. The pilot codes that are
// known to be legal without a right check character all have an organisation code that begins with M000; of such
// codes the check only warns.
//
// The package is pure: the definitions are part of the program, and a fault in one is found by the tests.
package profiles
