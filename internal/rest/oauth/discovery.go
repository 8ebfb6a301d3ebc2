package oauth

import (
	"encoding/json"
	"net/http"

	"github.com/go-jose/go-jose/v3"

	"yitong/internal/account/smart"
)

// known is what programs read of the provider before they begin, in the words of OpenID Connect Discovery 1.0, RFC 8414,
// RFC 9207 and SMART App Launch 2.2.
type known struct {
	Issuer          string   `json:"issuer"`
	Authorize       string   `json:"authorization_endpoint"`
	Token           string   `json:"token_endpoint"`
	Keys            string   `json:"jwks_uri"`
	Introspect      string   `json:"introspection_endpoint"`
	Revoke          string   `json:"revocation_endpoint"`
	Manage          string   `json:"management_endpoint"`
	Responses       []string `json:"response_types_supported"`
	ResponseModes   []string `json:"response_modes_supported"`
	Grants          []string `json:"grant_types_supported"`
	Scopes          []string `json:"scopes_supported"`
	Methods         []string `json:"token_endpoint_auth_methods_supported"`
	Signing         []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	Challenges      []string `json:"code_challenge_methods_supported"`
	NamesIssuer     bool     `json:"authorization_response_iss_parameter_supported"`
	Capabilities    []string `json:"capabilities,omitempty"` // of SMART only, as are the associated endpoints
	Subjects        []string `json:"subject_types_supported,omitempty"`
	IdentitySigning []string `json:"id_token_signing_alg_values_supported,omitempty"`
	Claims          []string `json:"claims_supported,omitempty"`
	ACRs            []string `json:"acr_values_supported,omitempty"`
	Prompts         []string `json:"prompt_values_supported,omitempty"`
	ByRequest       bool     `json:"request_parameter_supported"`
	ByRequestURI    bool     `json:"request_uri_parameter_supported"`
}

// capabilities are those of SMART App Launch 2.2 that the provider has.
var capabilities = []string{
	"launch-ehr", "launch-standalone", "authorize-post",
	"client-public", "client-confidential-symmetric", "client-confidential-asymmetric", "sso-openid-connect",
	"context-banner", "context-ehr-patient", "context-ehr-encounter", "context-standalone-patient",
	"permission-offline", "permission-online", "permission-patient", "permission-user", "permission-v1", "permission-v2",
}

// known is what is common to both documents.
func (p *Provider) known() known {
	at := func(path string) string { return p.config.Issuer + path }
	k := known{
		Issuer: p.config.Issuer, Authorize: at(pathAuthorize), Token: at(pathToken), Keys: at(pathKeys),
		Introspect: at(pathIntrospect), Revoke: at(pathRevoke), Manage: at("/auth/me"),
		Responses: []string{"code"}, ResponseModes: []string{"query"}, Grants: []string{grantCode, grantRefresh, grantCredentials},
		Scopes:     append(smart.Others(), "patient/*.cruds", "user/*.cruds", "system/*.cruds", "patient/*.read", "user/*.read", "system/*.read"),
		Methods:    []string{"none", "client_secret_basic", "private_key_jwt"},
		Challenges: []string{methodS256}, NamesIssuer: true,
	}
	for _, a := range algorithms {
		k.Signing = append(k.Signing, string(a))
	}
	return k
}

// smart is the SMART configuration of the record.
func (p *Provider) smart(w http.ResponseWriter, _ *http.Request) {
	k := p.known()
	k.Capabilities = capabilities
	document(w, k)
}

// openID is the configuration of OpenID Connect.
func (p *Provider) openID(w http.ResponseWriter, _ *http.Request) {
	k := p.known()
	k.Subjects, k.IdentitySigning = []string{"public"}, []string{string(jose.RS256)}
	k.Claims = []string{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "fhirUser", "profile"}
	k.ACRs = []string{oneFactor, twoFactors}
	k.Prompts = []string{"none", "login", "consent", "select_account"}
	document(w, k)
}

// jwks are the keys by which identity tokens are verified.
func (p *Provider) jwks(w http.ResponseWriter, r *http.Request) {
	keys, err := p.accounts.Keys(r.Context())
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	var set jose.JSONWebKeySet
	for _, k := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.Private.Public(), KeyID: k.ID, Algorithm: string(jose.RS256), Use: "sig"})
	}
	document(w, set)
}

// document writes JSON that may be kept for a few minutes.
func document(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_ = json.NewEncoder(w).Encode(body) // it fails when the connection is broken
}
