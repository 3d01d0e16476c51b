// Says what Kubernetes makes of expressions: reads groups of cases as JSON, {schema, object, expressions}, and prints for
// each expression the type, the estimated cost, the value and what it cost, or why there is none. Of definitions it
// prints what is wrong.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apimachinery/pkg/util/version"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/common"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/library"
)

type question struct {
	Groups      []group                           `json:"groups"`
	Definitions []apiextensionsv1.JSONSchemaProps `json:"definitions"`
}

type answer struct {
	Verdicts    [][]verdict `json:"verdicts"`
	Definitions [][]string  `json:"definitions"`
}

// A group without a schema has `self` of any type.
type group struct {
	Schema      *apiextensionsv1.JSONSchemaProps `json:"schema"`
	Object      any                              `json:"object"`
	Expressions []string                         `json:"expressions"`
}

type verdict struct {
	Error  string   `json:"error,omitempty"`
	Type   string   `json:"type,omitempty"`
	Cost   []string `json:"cost,omitempty"`
	Value  *string  `json:"value,omitempty"`
	Failed string   `json:"failed,omitempty"`
	// The value is another one each time: Go goes through maps in any order.
	Varies bool `json:"varies,omitempty"`
}

func main() {
	var asked question
	must(json.NewDecoder(os.Stdin).Decode(&asked))
	told := answer{Verdicts: [][]verdict{}, Definitions: judgeDefinitions(asked.Definitions)}
	for _, each := range asked.Groups {
		told.Verdicts = append(told.Verdicts, each.verdicts())
	}
	must(json.NewEncoder(os.Stdout).Encode(told))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type sizes struct{ root *apiservercel.DeclType }

// As the estimator of apiextensions-apiserver, which is not exported, walks the declared types.
func (s sizes) EstimateSize(element checker.AstNode) *checker.SizeEstimate {
	if len(element.Path()) == 0 || s.root == nil {
		return nil
	}
	node := s.root
	for _, name := range element.Path()[1:] {
		switch name {
		case "@items", "@values":
			node = node.ElemType
		case "@keys":
			node = node.KeyType
		default:
			field, ok := node.Fields[name]
			if !ok {
				return nil
			}
			node = field.Type
		}
		if node == nil {
			return nil
		}
	}
	return &checker.SizeEstimate{Min: 0, Max: uint64(node.MaxElements)}
}

func (s sizes) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}

func (g group) verdicts() []verdict {
	base := environment.MustBaseEnvSet(version.MajorMinor(1, 36))
	options := environment.VersionedOptions{IntroducedVersion: version.MajorMinor(1, 0)}
	var root *apiservercel.DeclType
	var self ref.Val
	if g.Schema == nil {
		self = types.DefaultTypeAdapter.NativeToValue(whole(g.Object))
		options.EnvOptions = []cel.EnvOption{cel.Variable("self", cel.DynType)}
	} else {
		internal := &apiextensions.JSONSchemaProps{}
		must(apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(g.Schema, internal, nil))
		structural, err := structuralschema.NewStructural(internal)
		must(err)
		root = model.SchemaDeclType(structural, false).MaybeAssignTypeName("selfType")
		options.EnvOptions = []cel.EnvOption{cel.Variable("self", root.CelType())}
		options.DeclTypes = []*apiservercel.DeclType{root}
		self = common.UnstructuredToVal(whole(g.Object), &model.Structural{Structural: structural})
	}
	extended, err := base.Extend(options)
	must(err)
	env := extended.NewExpressionsEnv()
	estimator := &library.CostEstimator{SizeEstimator: sizes{root}}

	verdicts := make([]verdict, 0, len(g.Expressions))
	for _, source := range g.Expressions {
		verdicts = append(verdicts, judge(env, estimator, source, self))
	}
	return verdicts
}

// Whole numbers of JSON as int64.
func whole(value any) any {
	switch v := value.(type) {
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = whole(v[key])
		}
	}
	return value
}

func judge(env *cel.Env, estimator *library.CostEstimator, source string, self ref.Val) (result verdict) {
	defer func() {
		if problem := recover(); problem != nil {
			result = verdict{Error: fmt.Sprint("panic: ", problem)}
		}
	}()
	ast, issues := env.Compile(source)
	if issues != nil {
		return verdict{Error: issues.String()}
	}
	result.Type = strings.TrimSpace(checker.FormatCELType(ast.OutputType()))
	program, err := env.Program(ast, cel.CostLimit(1000000), cel.CostTracking(estimator))
	if err != nil {
		result.Error = "program instantiation failed: " + err.Error()
		return result
	}
	cost, err := env.EstimateCost(ast, estimator)
	if err != nil {
		result.Error = "cost estimation failed: " + err.Error()
		return result
	}
	result.Cost = []string{fmt.Sprint(cost.Min), fmt.Sprint(cost.Max)}
	value, _, err := program.Eval(map[string]any{"self": self})
	if err != nil {
		result.Failed = err.Error()
		return result
	}
	text := show(value)
	result.Value = &text
	for range 20 {
		again, _, err := program.Eval(map[string]any{"self": self})
		if err != nil || show(again) != text {
			return verdict{Type: result.Type, Cost: result.Cost, Varies: true}
		}
	}
	return result
}

// A text that differs where values differ: the type, and the value.
func show(value ref.Val) string {
	switch v := value.(type) {
	case types.String:
		quoted, _ := json.Marshal(string(v))
		return string(quoted)
	case types.Bytes:
		return fmt.Sprintf("b%x", []byte(v))
	case types.Bool, types.Int:
		return fmt.Sprint(v.Value())
	case types.Uint:
		return fmt.Sprintf("%du", uint64(v))
	case types.Double:
		return "double " + string(v.ConvertToType(types.StringType).(types.String))
	case types.Null:
		return "null"
	case types.Timestamp, types.Duration:
		return fmt.Sprintf("%s %v", value.Type().TypeName(), value.ConvertToType(types.StringType))
	case *types.Optional:
		if !v.HasValue() {
			return "none"
		}
		return "optional " + show(v.GetValue())
	case *types.Type:
		return "type " + v.TypeName()
	}
	return showContainer(value)
}
