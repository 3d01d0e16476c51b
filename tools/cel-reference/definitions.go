package main

import (
	"context"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
)

// What is wrong with definitions of these schemas, each as `field: message`.
func judgeDefinitions(schemas []apiextensionsv1.JSONSchemaProps) [][]string {
	all := [][]string{}
	for _, schema := range schemas {
		internal := &apiextensions.JSONSchemaProps{}
		must(apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&schema, internal, nil))
		preserve := false
		definition := &apiextensions.CustomResourceDefinition{
			Spec: apiextensions.CustomResourceDefinitionSpec{
				Group: "reference.weir.dev",
				Scope: apiextensions.ClusterScoped,
				Names: apiextensions.CustomResourceDefinitionNames{
					Plural: "things", Singular: "thing", Kind: "Thing", ListKind: "ThingList",
				},
				Versions:              []apiextensions.CustomResourceDefinitionVersion{{Name: "v1", Served: true, Storage: true}},
				Validation:            &apiextensions.CustomResourceValidation{OpenAPIV3Schema: internal},
				PreserveUnknownFields: &preserve,
				Conversion:            &apiextensions.CustomResourceConversion{Strategy: apiextensions.NoneConverter},
			},
			Status: apiextensions.CustomResourceDefinitionStatus{StoredVersions: []string{"v1"}},
		}
		definition.Name = "things.reference.weir.dev"
		told := []string{}
		for _, problem := range validation.ValidateCustomResourceDefinition(context.Background(), definition) {
			told = append(told, problem.Error())
		}
		all = append(all, told)
	}
	return all
}
