// The Go suite: confluent-kafka-go's registry client and serializers, and franz-go's registry client.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"time"
)

var url = os.Getenv("TENON_URL")

// A failed expectation; it ends its case.
type failure string

type testCase struct {
	name string
	run  func()
}

var passed, failed, skipped int

func runAll(title string, cases []testCase) {
	for _, one := range cases {
		runOne(title+": "+one.name, one.run)
	}
}

func runOne(name string, run func()) {
	started := time.Now()
	defer func() {
		if problem := recover(); problem != nil {
			failed++
			fmt.Printf("FAIL %s: %v\n", name, problem)
			return
		}
		passed++
		fmt.Printf("ok   %s (%.1f s)\n", name, time.Since(started).Seconds())
	}()
	run()
}

func fail(format string, arguments ...any) {
	panic(failure(fmt.Sprintf(format, arguments...)))
}

func equal(got, wanted any, what string) {
	if !reflect.DeepEqual(got, wanted) {
		fail("%s: wanted %#v, got %#v", what, wanted, got)
	}
}

func holds(fact bool, what string) {
	if !fact {
		fail("%s", what)
	}
}

// must gives the value of a call that may not fail.
func must[T any](value T, err error) T {
	if err != nil {
		fail("%v", err)
	}
	return value
}

func sameJSON(got, wanted, what string) {
	var a, b any
	must(0, json.Unmarshal([]byte(got), &a))
	must(0, json.Unmarshal([]byte(wanted), &b))
	equal(a, b, what)
}

// ask sends a request that a client has no method for; the body of its answer.
func ask(method, path, body string) string {
	request := must(http.NewRequest(method, url+path, strings.NewReader(body)))
	request.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	answer := must(http.DefaultClient.Do(request))
	defer answer.Body.Close()
	return string(must(io.ReadAll(answer.Body)))
}

func offers(kind string) bool {
	return strings.Contains(ask("GET", "/schemas/types", ""), `"`+kind+`"`)
}

func skip(name, reason string) {
	skipped++
	fmt.Printf("skipped %s: %s\n", name, reason)
}

func main() {
	runAll("confluent registry", confluentRegistry)
	runAll("confluent avro", confluentAvro)
	runAll("franz", franzRegistry)
	if offers("JSON") {
		runAll("confluent json", confluentJSON)
	} else {
		skip("confluent json", "the server does not offer the type JSON")
	}
	if offers("PROTOBUF") {
		runAll("confluent protobuf", confluentProtobuf)
	} else {
		skip("confluent protobuf", "the server does not offer the type PROTOBUF")
	}
	fmt.Printf("%d passed, %d failed", passed, failed)
	if skipped > 0 {
		fmt.Printf(", %d skipped", skipped)
	}
	fmt.Println()
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}
