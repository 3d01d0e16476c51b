// cesql-reference prints how Knative Eventing's webhook reads expressions of CESQL.
//
// It takes {"expressions", "evaluations"} as JSON on standard input and prints {"trees", "results"}: for each expression
// the tree that sdk-go makes of it, or null where it refuses, and for each evaluation, an expression with the attributes
// of an event, what it comes to (evaluate.go). Knative 1.15 to 1.22 call the same version of sdk-go (go.mod of knative/eventing), and take a panic of it
// for a refusal (pkg/apis/eventing/v1/trigger_validation.go ValidateCESQLExpression).
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"unsafe"

	cesql "github.com/cloudevents/sdk-go/sql/v2"
	cesqlparser "github.com/cloudevents/sdk-go/sql/v2/parser"
)

func main() {
	var asked struct {
		Expressions []string     `json:"expressions"`
		Evaluations []evaluation `json:"evaluations"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fmt.Fprintln(os.Stderr, "standard input is not what is asked for:", err)
		os.Exit(2)
	}

	trees := make([]*string, 0, len(asked.Expressions))
	for _, text := range asked.Expressions {
		trees = append(trees, parse(text))
	}
	results := make([]*result, 0, len(asked.Evaluations))
	for _, each := range asked.Evaluations {
		results = append(results, each.run())
	}

	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{"trees": trees, "results": results}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func parse(text string) *string {
	expression := parsed(text)
	if expression == nil {
		return nil
	}
	tree := print(reflect.ValueOf(expression))
	return &tree
}

func parsed(text string) (expression cesql.Expression) {
	defer func() {
		if recover() != nil {
			expression = nil
		}
	}()
	expression, err := cesqlparser.Parse(text)
	if err != nil {
		return nil
	}
	return expression
}

// print walks the unexported fields of an expression: each is a struct of its own type.
func print(value reflect.Value) string {
	for value.Kind() == reflect.Interface || value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	switch value.Type().Name() {
	case "literalExpression":
		return literal(value.Field(0).Elem())
	case "identifierExpression":
		return list("attribute", quoted(value.Field(0)))
	case "existsExpression":
		return list("exists", quoted(value.Field(0)))
	case "notExpression":
		return list("not", child(value))
	case "negateExpression":
		return list("negate", child(value))
	case "likeExpression":
		return list("like", child(value), quoted(value.FieldByName("pattern")))
	case "inExpression":
		return list(append([]string{"in", print(value.FieldByName("leftExpression"))}, all(value.FieldByName("setExpression"))...)...)
	case "functionInvocationExpression":
		return list(append([]string{"call", quoted(value.FieldByName("name"))}, all(value.FieldByName("argumentsExpression"))...)...)
	case "equalExpression":
		if value.FieldByName("equal").Bool() {
			return binary("=", value)
		}
		return binary("!=", value)
	case "logicExpression":
		return binary(value.FieldByName("verb").String(), value)
	case "integerComparisonExpression":
		return binary(comparison(value.FieldByName("fn")), value)
	case "mathExpression":
		return binary(reckoning(value.FieldByName("fn")), value)
	}
	panic("unknown expression " + value.Type().Name())
}

func binary(operator string, value reflect.Value) string {
	return list(operator, print(value.FieldByName("left")), print(value.FieldByName("right")))
}

func child(value reflect.Value) string {
	return print(value.FieldByName("child"))
}

func all(values reflect.Value) []string {
	printed := make([]string, 0, values.Len())
	for index := range values.Len() {
		printed = append(printed, print(values.Index(index)))
	}
	return printed
}

func literal(value reflect.Value) string {
	switch value.Kind() {
	case reflect.Bool:
		return fmt.Sprint(value.Bool())
	case reflect.Int32:
		return fmt.Sprint(value.Int())
	}
	return quoted(value)
}

func quoted(value reflect.Value) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value.String()); err != nil {
		panic(err)
	}
	return strings.TrimSpace(text.String())
}

func list(parts ...string) string {
	return "(" + strings.Join(parts, " ") + ")"
}

// The expressions of one type differ by a function that closes over nothing: what it answers tells the operator.
func comparison(field reflect.Value) string {
	code := field.UnsafePointer()
	closure := &code
	function := *(*func(x, y int32) bool)(unsafe.Pointer(&closure))
	switch [3]bool{function(1, 2), function(2, 2), function(2, 1)} {
	case [3]bool{true, false, false}:
		return "<"
	case [3]bool{true, true, false}:
		return "<="
	case [3]bool{false, false, true}:
		return ">"
	case [3]bool{false, true, true}:
		return ">="
	}
	panic("unknown comparison")
}

func reckoning(field reflect.Value) string {
	code := field.UnsafePointer()
	closure := &code
	function := *(*func(x, y int32) (int32, error))(unsafe.Pointer(&closure))
	result, _ := function(7, 2)
	switch result {
	case 14:
		return "*"
	case 3:
		return "/"
	case 1:
		return "%"
	case 9:
		return "+"
	case 5:
		return "-"
	}
	panic("unknown reckoning")
}
