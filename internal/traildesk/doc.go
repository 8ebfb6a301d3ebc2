// Package traildesk is the module of the trail (package trail): what people who answer for it ask about it beside its AuditEvents
// (missions F3, F7). Nobody writes the trail by a request.
package traildesk
