package main

import (
	"strings"

	"github.com/cloudevents/sdk-go/v2/binding/spec"
	"github.com/cloudevents/sdk-go/v2/event"
)

// evaluation is an expression, and the attributes of the event that it is asked about.
type evaluation struct {
	Expression string         `json:"expression"`
	Attributes map[string]any `json:"attributes"`
}

// result is a value, and the kind of the error that came with it, in the error's own words.
type result struct {
	Value any    `json:"value"`
	Error string `json:"error,omitempty"`
}

// run gives nil where the expression is refused, and where sdk-go panics.
func (asked evaluation) run() (found *result) {
	expression := parsed(asked.Expression)
	if expression == nil {
		return nil
	}
	subject := event.New()
	for name, value := range asked.Attributes {
		// JSON has no integers of its own.
		if number, ok := value.(float64); ok {
			value = int32(number)
		}
		if err := spec.V1.SetAttribute(subject.Context, name, value); err != nil {
			panic(name + ": " + err.Error())
		}
	}
	defer func() {
		if recover() != nil {
			found = nil
		}
	}()
	value, err := expression.Evaluate(subject)
	if err == nil {
		return &result{Value: value}
	}
	kind, _, _ := strings.Cut(err.Error(), ":")
	return &result{Value: value, Error: kind}
}
