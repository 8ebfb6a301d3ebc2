package sign

import (
	"context"

	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// Of is the Provenance of a valid signature of somebody on the newest version of a resource that a session reads; ok is false where there is
// none. Its errors are those of [Service.Verify].
func (s *Service) Of(ctx context.Context, session *gate.Session, ref fhir.Ref, who string) (provenance fhir.Ref, ok bool, err error) {
	v, err := s.Verify(ctx, session, ref)
	if err != nil {
		return provenance, false, err
	}
	for _, one := range v.Signatures {
		if one.Valid() && one.Who == who && one.Version == v.Newest {
			return one.Provenance, true, nil
		}
	}
	return provenance, false, nil
}
