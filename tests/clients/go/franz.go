package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	hamba "github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/sr"
)

var (
	background = context.Background()
	franz      = must(sr.NewClient(sr.URLs(url)))
)

func franzAvro(text string, references ...sr.SchemaReference) sr.Schema {
	return sr.Schema{Schema: text, References: references}
}

func franzRefused(status, code int, err error, words ...string) {
	var said *sr.ResponseError
	if !errors.As(err, &said) {
		fail("wanted the error %d, got %v", code, err)
	}
	equal([]int{said.StatusCode, said.ErrorCode}, []int{status, code}, said.Message)
	for _, word := range words {
		holds(strings.Contains(said.Message, word), word+" is not in "+said.Message)
	}
}

var franzRegistry = []testCase{
	{"registers and finds", func() {
		subject := "franz-found"
		done := must(franz.CreateSchema(background, subject, franzAvro(v1)))
		equal([]any{done.Subject, done.Version}, []any{subject, 1}, "created")
		equal(must(franz.CreateSchema(background, subject, franzAvro(v1))).ID, done.ID, "created again")
		looked := must(franz.LookupSchema(background, subject, franzAvro(v1)))
		equal([]any{looked.ID, looked.Version, looked.GUID}, []any{done.ID, 1, done.GUID}, "looked up")
		sameJSON(must(franz.SchemaByID(background, done.ID)).Schema, v1, "by id")
		sameJSON(must(franz.SchemaTextByID(background, done.ID)), v1, "the text by id")
		sameJSON(must(franz.SchemaTextByVersion(background, subject, 1)), v1, "the text by version")
		sameJSON(must(franz.SchemaByGUID(background, looked.GUID)).Schema.Schema, v1, "by guid")
		holds(slices.Contains(must(franz.SchemaIDsByGUID(background, looked.GUID)), sr.ContextID{Context: ".", ID: done.ID}), "the ids of a guid")
		equal(must(franz.SchemaByVersion(background, subject, -1)).ID, done.ID, "the latest")
		holds(slices.Contains(must(franz.SubjectsByID(background, done.ID)), subject), "subjects of the id")
		holds(slices.Contains(must(franz.SchemaVersionsByID(background, done.ID)), sr.SubjectVersion{Subject: subject, Version: 1}), "versions of the id")
		equal(must(franz.SubjectVersions(background, subject)), []int{1}, "versions")
		equal(must(franz.Subjects(sr.WithParams(background, sr.SubjectPrefix(subject)))), []string{subject}, "a prefix")
		holds(slices.Contains(must(franz.SupportedTypes(background)), sr.TypeAvro), "types")
	}},
	{"evolves or is refused", func() {
		subject := "franz-evolved"
		must(franz.CreateSchema(background, subject, franzAvro(v1)))
		holds(must(franz.CheckCompatibility(background, subject, -1, franzAvro(v2))).Is, "v2 is compatible")
		equal(must(franz.CreateSchema(background, subject, franzAvro(v2))).Version, 2, "the second version")
		verdict := must(franz.CheckCompatibility(sr.WithParams(background, sr.Verbose), subject, 1, franzAvro(required)))
		holds(!verdict.Is && strings.Contains(strings.Join(verdict.Messages, " "), "READER_FIELD_MISSING_DEFAULT_VALUE"), "the reasons")
		franzRefused(409, 40901, errorOf(franz.CreateSchema(background, subject, franzAvro(narrowed))), "TYPE_MISMATCH", subject)
		schemas := must(franz.Schemas(background, subject))
		equal(len(schemas), 2, "all schemas of the subject")
	}},
	{"says what is missing or invalid", func() {
		subject := "franz-missing"
		must(franz.CreateSchema(background, subject, franzAvro(v1)))
		franzRefused(404, 40401, errorOf(franz.SubjectVersions(background, "franz-nowhere")), "franz-nowhere")
		franzRefused(404, 40402, errorOf(franz.SchemaByVersion(background, subject, 9)), "Version 9")
		franzRefused(404, 40403, errorOf(franz.SchemaByID(background, 99999999)))
		franzRefused(404, 40403, errorOf(franz.LookupSchema(background, subject, franzAvro(v2))))
		franzRefused(422, 42201, errorOf(franz.CreateSchema(background, subject, franzAvro("{"))))
		franzRefused(422, 42202, errorOf(franz.SchemaByVersion(background, subject, 0)), "'0'")
		franzRefused(422, 42203, franz.Do(background, "PUT", "/config/"+subject, map[string]string{"compatibility": "SIDEWAYS"}, nil))
		franzRefused(404, 40408, franz.Compatibility(background, subject)[0].Err, subject)
		franzRefused(404, 40409, franz.Mode(background, subject)[0].Err, subject)
	}},
	{"deletes", func() {
		subject := "franz-deleted"
		for _, text := range []string{v1, v2} {
			must(franz.CreateSchema(background, subject, franzAvro(text)))
		}
		franzRefused(404, 40407, franz.DeleteSchema(background, subject, 1, sr.HardDelete))
		must(0, franz.DeleteSchema(background, subject, 1, sr.SoftDelete))
		equal(must(franz.SubjectVersions(background, subject)), []int{2}, "versions")
		equal(must(franz.SubjectVersions(sr.WithParams(background, sr.ShowDeleted), subject)), []int{1, 2}, "with the deleted")
		equal(must(franz.SubjectVersions(sr.WithParams(background, sr.DeletedOnly), subject)), []int{1}, "the deleted only")
		must(0, franz.DeleteSchema(background, subject, 1, sr.HardDelete))
		equal(must(franz.DeleteSubject(background, subject, sr.SoftDelete)), []int{2}, "a soft delete")
		equal(must(franz.DeleteSubject(background, subject, sr.HardDelete)), []int{2}, "a hard delete")
		franzRefused(404, 40401, errorOf(franz.DeleteSubject(background, subject, sr.HardDelete)), subject)
	}},
	{"configures and imports", func() {
		subject := "franz-imported"
		for _, level := range []sr.CompatibilityLevel{sr.CompatFull, sr.CompatForwardTransitive, sr.CompatNone} {
			must(0, franz.SetCompatibility(background, sr.SetCompatibility{Level: level, Normalize: true}, subject)[0].Err)
			kept := franz.Compatibility(background, subject)[0]
			equal([]any{kept.Level, kept.Normalize, kept.Err}, []any{level, true, nil}, "kept")
		}
		must(0, franz.ResetCompatibility(background, subject)[0].Err)
		franzRefused(404, 40408, franz.Compatibility(background, subject)[0].Err)
		must(0, franz.SetMode(background, sr.ModeReadOnly, subject)[0].Err)
		franzRefused(422, 42205, errorOf(franz.CreateSchema(background, subject, franzAvro(v1))), "read-only")
		must(0, franz.SetMode(background, sr.ModeImport, subject)[0].Err)
		only := strings.ReplaceAll(v1, "Order", "FranzOrder")
		done := must(franz.CreateSchemaWithIDAndVersion(background, subject, franzAvro(only), 80001, 8))
		equal([]int{done.ID, done.Version}, []int{80001, 8}, "id and version are taken as given")
		must(0, franz.ResetMode(background, subject)[0].Err)
		equal(franz.Mode(background)[0].Mode, sr.ModeReadWrite, "the global mode")
	}},
	{"follows references and works in a context", func() {
		inside := sr.InContext(background, ".franz")
		must(franz.CreateSchema(inside, "part", franzAvro(part)))
		reference := sr.SchemaReference{Name: "tenon.orders.Part", Subject: "part", Version: 1}
		done := must(franz.CreateSchema(inside, "whole", franzAvro(whole, reference)))
		equal(done.ID, 2, "the second id of the context")
		referrers := must(franz.SchemaReferences(inside, "part", 1))
		equal([]any{len(referrers), referrers[0].ID}, []any{1, 2}, "referrers")
		equal(must(franz.SubjectVersions(background, ":.franz:whole")), []int{1}, "by the full name")
		franzRefused(422, 42206, errorOf(franz.DeleteSubject(inside, "part", sr.SoftDelete)), "part")
		holds(slices.Contains(must(franz.Contexts(background)), ".franz"), "contexts")
	}},
	{"asks for every use of an id at once", func() {
		only := strings.ReplaceAll(v1, "Order", "FranzShared")
		wanted := []string{}
		for n := range 60 {
			subject := fmt.Sprintf("franz-shared-%02d", n)
			wanted = append(wanted, subject)
			must(franz.RegisterSchema(background, subject, franzAvro(only), -1, -1))
		}
		id := must(franz.LookupSchema(background, wanted[0], franzAvro(only))).ID
		uses := must(franz.SchemaUsagesByID(background, id))
		subjects := []string{}
		for _, use := range uses {
			equal([]any{use.ID, use.Version}, []any{id, 1}, use.Subject)
			subjects = append(subjects, use.Subject)
		}
		slices.Sort(subjects)
		equal(subjects, wanted, "the subjects of the id")
		all := must(franz.AllSchemas(sr.WithParams(background, sr.SubjectPrefix("franz-shared-"), sr.LatestOnly)))
		equal(len(all), 60, "all schemas with that prefix")
	}},
	{"deletes a context when it is empty", func() {
		inside := sr.InContext(background, ".franz-gone")
		must(franz.CreateSchema(inside, "only", franzAvro(v1)))
		franzRefused(422, 42211, franz.DeleteContext(background, ".franz-gone"), ".franz-gone")
		must(franz.DeleteSubject(inside, "only", sr.SoftDelete))
		must(franz.DeleteSubject(inside, "only", sr.HardDelete))
		must(0, franz.DeleteContext(background, ".franz-gone"))
		holds(!slices.Contains(must(franz.Contexts(background)), ".franz-gone"), "it is gone from the contexts")
	}},
	{"encodes and decodes across versions", func() {
		subject := "franz-serde"
		old := must(franz.CreateSchema(background, subject, franzAvro(v1)))
		next := must(franz.CreateSchema(background, subject, franzAvro(v3)))
		oldSchema, nextSchema := hamba.MustParse(must(franz.SchemaByID(background, old.ID)).Schema), hamba.MustParse(next.Schema.Schema)
		resolved := must(hamba.NewSchemaCompatibility().Resolve(nextSchema, oldSchema))
		var codec sr.Serde
		codec.Register(old.ID, order{}, sr.EncodeFn(func(v any) ([]byte, error) { return hamba.Marshal(oldSchema, v) }))
		codec.Register(next.ID, notedOrder{}, sr.EncodeFn(func(v any) ([]byte, error) { return hamba.Marshal(nextSchema, v) }),
			sr.DecodeFn(func(data []byte, v any) error { return hamba.Unmarshal(nextSchema, data, v) }))
		data := must(codec.Encode(order{"o-1", 7}))
		equal(string(data), framed(old.ID)+"\x06o-1\x0e", "the message")
		var was notedOrder
		must(0, hamba.Unmarshal(resolved, data[5:], &was))
		equal(was, notedOrder{"o-1", 7, "none"}, "the old message as the new version")
		var now notedOrder
		must(0, codec.Decode(must(codec.Encode(notedOrder{"o-2", 1 << 40, "ring"})), &now))
		equal(now, notedOrder{"o-2", 1 << 40, "ring"}, "the new message")
	}},
}
