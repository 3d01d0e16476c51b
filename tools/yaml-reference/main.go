// yaml-reference prints what Kubernetes reads in a stream of manifests.
//
// It takes a JSON array of texts on standard input and prints, for each, the documents that kubectl would send (its
// StreamVisitor: NewYAMLOrJSONDecoder, then the JSON decoder of unstructured objects) up to the first error, which
// ends a stream.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/yaml"
)

type reading struct {
	Documents []any  `json:"documents"`
	Error     string `json:"error,omitempty"`
}

func main() {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		fmt.Fprintln(os.Stderr, "standard input is not a JSON array of texts:", err)
		os.Exit(2)
	}

	readings := make([]reading, 0, len(texts))
	for _, text := range texts {
		readings = append(readings, read(text))
	}

	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(readings); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func read(text string) (result reading) {
	result.Documents = []any{}
	defer func() {
		if fault := recover(); fault != nil {
			result.Error = fmt.Sprint("panic: ", fault)
		}
	}()

	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader([]byte(text)), 4096)
	for {
		extension := runtime.RawExtension{}
		if err := decoder.Decode(&extension); err != nil {
			if !errors.Is(err, io.EOF) {
				result.Error = err.Error()
			}
			return result
		}

		raw := bytes.TrimSpace(extension.Raw)
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		var document any
		if err := utiljson.Unmarshal(raw, &document); err != nil {
			result.Error = err.Error()
			return result
		}
		result.Documents = append(result.Documents, document)
	}
}
