package main

import (
	"errors"
	"slices"
	"strings"

	sr "github.com/confluentinc/confluent-kafka-go/v2/schemaregistry"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/rest"
)

// fresh gives a client of its own, so that no answer comes from another's cache.
func fresh() sr.Client {
	return must(sr.NewClient(sr.NewConfig(url)))
}

func avro(text string, references ...sr.Reference) sr.SchemaInfo {
	return sr.SchemaInfo{Schema: text, SchemaType: "AVRO", References: references}
}

// refused asserts the code of the registry's refusal and what its message names; this client keeps no status.
func refused(code int, err error, words ...string) {
	var said *rest.Error
	if !errors.As(err, &said) {
		fail("wanted the error %d, got %v", code, err)
	}
	equal(said.Code, code, said.Message)
	for _, word := range words {
		holds(strings.Contains(said.Message, word), word+" is not in "+said.Message)
	}
}

func errorOf[T any](_ T, err error) error { return err }

var confluentRegistry = []testCase{
	{"registers and finds", func() {
		subject := "go-found"
		done := must(fresh().RegisterFullResponse(subject, avro(v1), false))
		holds(done.ID > 0 && len(done.GUID) == 36, "an id and a guid")
		equal(must(fresh().Register(subject, avro(v1), false)), done.ID, "registered again")
		equal(must(fresh().Register("go-found-too", avro(v1), false)), done.ID, "one id for the same schema")
		equal(must(fresh().GetID(subject, avro(v1), false)), done.ID, "looked up")
		equal(must(fresh().GetVersion(subject, avro(v1), false)), 1, "looked up")
		equal(must(fresh().GetIDFullResponse(subject, avro(v1), false)).GUID, done.GUID, "looked up")
		sameJSON(must(fresh().GetBySubjectAndID(subject, done.ID)).Schema, v1, "by id")
		sameJSON(must(fresh().GetByGUID(done.GUID)).Schema, v1, "by guid")
		for _, found := range []sr.SchemaMetadata{must(fresh().GetLatestSchemaMetadata(subject)), must(fresh().GetSchemaMetadata(subject, 1))} {
			equal([]any{found.Subject, found.Version, found.ID, found.GUID}, []any{subject, 1, done.ID, done.GUID}, "by version")
		}
		holds(slices.Contains(must(fresh().GetAllSubjects()), subject), "it is in the list of subjects")
		holds(slices.Contains(must(fresh().GetSubjectsAndVersionsByID(done.ID)), sr.SubjectAndVersion{Subject: subject, Version: 1}), "uses of the id")
		holds(slices.Contains(must(fresh().GetAllContexts()), "."), "contexts")
	}},
	{"evolves or is refused", func() {
		subject := "go-evolved"
		ids := []int{must(fresh().Register(subject, avro(v1), false))}
		for _, next := range []string{v2, v3} {
			equal(must(fresh().TestSubjectCompatibility(subject, avro(next))), true, "the verdict")
			ids = append(ids, must(fresh().Register(subject, avro(next), false)))
		}
		equal(must(fresh().GetAllVersions(subject)), []int{1, 2, 3}, "versions")
		holds(ids[0] != ids[1] && ids[1] != ids[2], "an id for each")
		for bad, words := range map[string][]string{narrowed: {"TYPE_MISMATCH", "/fields/0/type"}, required: {"READER_FIELD_MISSING_DEFAULT_VALUE", "shop"}} {
			equal(must(fresh().TestSubjectCompatibility(subject, avro(bad))), false, "the verdict")
			equal(must(fresh().TestCompatibility(subject, 1, avro(bad))), false, "the verdict on version 1")
			refused(40901, errorOf(fresh().Register(subject, avro(bad), false)), append(words, subject)...)
		}
		equal(must(fresh().GetAllVersions(subject)), []int{1, 2, 3}, "versions")
	}},
	{"says what is missing", func() {
		subject := "go-missing"
		must(fresh().Register(subject, avro(v1), false))
		refused(40401, errorOf(fresh().GetAllVersions("go-nowhere")), "go-nowhere")
		refused(40401, errorOf(fresh().GetLatestSchemaMetadata("go-nowhere")))
		refused(40401, errorOf(fresh().DeleteSubject("go-nowhere", false)))
		refused(40402, errorOf(fresh().GetSchemaMetadata(subject, 9)), "Version 9")
		refused(40402, errorOf(fresh().DeleteSubjectVersion(subject, 9, false)))
		refused(40403, errorOf(fresh().GetBySubjectAndID(subject, 99999999)))
		refused(40403, errorOf(fresh().GetByGUID("00000000-0000-0000-0000-00000000dead")))
		refused(40403, errorOf(fresh().GetID(subject, avro(v2), false)))
		refused(40408, errorOf(fresh().GetConfig(subject, false)), subject)
	}},
	{"refuses the invalid", func() {
		subject := "go-invalid"
		refused(42201, errorOf(fresh().Register(subject, avro("{"), false)))
		refused(42201, errorOf(fresh().Register(subject, sr.SchemaInfo{Schema: v1, SchemaType: "XML"}, false)), "XML")
		must(fresh().Register(subject, avro(v1), false))
		refused(42202, errorOf(fresh().GetSchemaMetadata(subject, 0)), "'0'")
		refused(42202, errorOf(fresh().DeleteSubjectVersion(subject, -2, false)))
		holds(strings.Contains(ask("PUT", "/config/"+subject, `{"compatibility":"SIDEWAYS"}`), `"error_code":42203`), "42203")
		holds(strings.Contains(ask("PUT", "/mode/"+subject, `{"mode":"ASLEEP"}`), `"error_code":42204`), "42204")
	}},
	{"deletes", func() {
		subject := "go-deleted"
		id := must(fresh().Register(subject, avro(v1), false))
		must(fresh().Register(subject, avro(v2), false))
		refused(40407, errorOf(fresh().DeleteSubjectVersion(subject, 1, true)))
		equal(must(fresh().DeleteSubjectVersion(subject, 1, false)), 1, "a soft delete")
		refused(40402, errorOf(fresh().GetSchemaMetadata(subject, 1)))
		equal(must(fresh().GetSchemaMetadataIncludeDeleted(subject, 1, true)).ID, id, "deleted=true")
		equal(must(fresh().GetVersionIncludeDeleted(subject, avro(v1), false, true)), 1, "a lookup with deleted=true")
		refused(40406, errorOf(fresh().DeleteSubjectVersion(subject, 1, false)))
		equal(must(fresh().DeleteSubjectVersion(subject, 1, true)), 1, "a permanent delete")
		refused(40405, errorOf(fresh().DeleteSubject(subject, true)))
		equal(must(fresh().DeleteSubject(subject, false)), []int{2}, "a soft delete")
		refused(40401, errorOf(fresh().GetAllVersions(subject)))
		refused(40404, errorOf(fresh().DeleteSubject(subject, false)))
		equal(must(fresh().DeleteSubject(subject, true)), []int{2}, "a permanent delete")
		must(fresh().Register(subject, avro(v1), false))
		equal(must(fresh().GetAllVersions(subject)), []int{1}, "a fresh start")
	}},
	{"configures and switches modes", func() {
		subject := "go-configured"
		equal(must(fresh().GetDefaultCompatibility()), sr.Compatibility(sr.Backward), "the default")
		for _, level := range []sr.Compatibility{sr.Forward, sr.FullTransitive, sr.None} {
			equal(must(fresh().UpdateCompatibility(subject, level)), level, "set")
			equal(must(fresh().GetCompatibility(subject)), level, "kept")
		}
		must(fresh().UpdateConfig(subject, sr.ServerConfig{CompatibilityUpdate: sr.Full, CompatibilityGroup: "app.major",
			DefaultMetadata: &sr.Metadata{Properties: map[string]string{"owner": "desk"}}}))
		kept := must(fresh().GetConfig(subject, false))
		equal([]any{kept.CompatibilityLevel, kept.CompatibilityGroup, kept.DefaultMetadata.Properties["owner"]}, []any{sr.Compatibility(sr.Full), "app.major", "desk"}, "kept")
		must(fresh().Register(subject, avro(v1), false))
		equal(must(fresh().GetLatestWithMetadata(subject, map[string]string{"owner": "desk"}, false)).Version, 1, "by metadata")
		refused(40403, errorOf(fresh().GetLatestWithMetadata(subject, map[string]string{"owner": "me"}, false)))
		equal(ask("PUT", "/mode/"+subject, `{"mode":"READONLY"}`), `{"mode":"READONLY"}`, "the mode")
		refused(42205, errorOf(fresh().Register(subject, avro(v2), false)), "read-only")
		ask("DELETE", "/mode/"+subject, "")
	}},
	{"follows references", func() {
		must(fresh().Register("go-part", avro(part), false))
		reference := sr.Reference{Name: "tenon.orders.Part", Subject: "go-part", Version: 1}
		must(fresh().Register("go-whole", avro(whole, reference), false))
		equal(must(fresh().GetLatestSchemaMetadata("go-whole")).References, []sr.Reference{reference}, "references")
		refused(42206, errorOf(fresh().DeleteSubject("go-part", false)), "go-part")
		refused(42201, errorOf(fresh().Register("go-broken", avro(whole), false)), "Part")
	}},
	{"takes any name", func() {
		for _, name := range []string{"a/b", "a b", "100%", "a+b", "a&b=c", "a:b", "é-漢字-😀"} {
			id := must(fresh().Register("go-"+name, avro(v1), false))
			found := must(fresh().GetLatestSchemaMetadata("go-" + name))
			equal([]any{found.Subject, found.ID}, []any{"go-" + name, id}, "the subject")
		}
		equal(must(fresh().Register(":.go:orders", avro(v1), false)), 1, "the first id of a context")
	}},
}
