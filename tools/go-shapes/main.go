// Prints how Go writes the types of Kubernetes' kinds as JSON: which fields it leaves out where they are empty, and which
// it always writes.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"sort"
	"strings"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	apps "k8s.io/api/apps/v1"
	authentication "k8s.io/api/authentication/v1"
	authorization "k8s.io/api/authorization/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	coordination "k8s.io/api/coordination/v1"
	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	events "k8s.io/api/events/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	rbac "k8s.io/api/rbac/v1"
	scheduling "k8s.io/api/scheduling/v1"
	storage "k8s.io/api/storage/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var kinds = []any{
	admissionregistration.MutatingWebhookConfiguration{}, admissionregistration.ValidatingWebhookConfiguration{},
	apps.ControllerRevision{}, apps.DaemonSet{}, apps.Deployment{}, apps.ReplicaSet{}, apps.StatefulSet{},
	authentication.SelfSubjectReview{}, authentication.TokenReview{}, authentication.TokenRequest{},
	authorization.LocalSubjectAccessReview{}, authorization.SelfSubjectAccessReview{},
	authorization.SelfSubjectRulesReview{}, authorization.SubjectAccessReview{},
	autoscaling.HorizontalPodAutoscaler{}, autoscalingv1.HorizontalPodAutoscaler{}, autoscalingv1.Scale{},
	batch.CronJob{}, batch.Job{}, coordination.Lease{},
	core.Binding{}, core.ConfigMap{}, core.Endpoints{}, core.Event{}, core.LimitRange{}, core.Namespace{}, core.Node{},
	core.PersistentVolume{}, core.PersistentVolumeClaim{}, core.Pod{}, core.PodTemplate{}, core.ReplicationController{},
	core.ResourceQuota{}, core.Secret{}, core.Service{}, core.ServiceAccount{},
	discovery.EndpointSlice{}, events.Event{}, networking.Ingress{}, networking.IngressClass{}, networking.NetworkPolicy{},
	policy.Eviction{}, policy.PodDisruptionBudget{}, rbac.ClusterRole{}, rbac.ClusterRoleBinding{}, rbac.Role{},
	rbac.RoleBinding{}, scheduling.PriorityClass{}, storage.StorageClass{},
	apiextensions.CustomResourceDefinition{}, metav1.DeleteOptions{},
}

type named interface{ OpenAPIModelName() string }

// Whose JSON is not that of their fields.
var marshaler = reflect.TypeFor[json.Marshaler]()

type shape struct {
	Omitted []string `json:"omitted,omitempty"`
	Always  []string `json:"always,omitempty"`
}

func main() {
	shapes := map[string]*shape{}
	for _, kind := range kinds {
		visit(reflect.TypeOf(kind), shapes)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(shapes); err != nil {
		panic(err)
	}
}

func visit(t reflect.Type, shapes map[string]*shape) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		visit(t.Elem(), shapes)
		return
	case reflect.Struct:
	default:
		return
	}
	if t.Implements(marshaler) || reflect.PointerTo(t).Implements(marshaler) {
		return
	}
	name := nameOf(t)
	if name == "" || shapes[name] != nil {
		return
	}
	s := &shape{}
	shapes[name] = s
	fields(t, s, shapes)
	sort.Strings(s.Omitted)
	sort.Strings(s.Always)
}

func fields(t reflect.Type, s *shape, shapes map[string]*shape) {
	for i := 0; i < t.NumField(); i++ {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if name == "" {
			if field.Type.Kind() == reflect.Struct {
				fields(field.Type, s, shapes)
			}
			continue
		}
		visit(field.Type, shapes)
		if name == "apiVersion" && t == reflect.TypeFor[metav1.TypeMeta]() || name == "kind" && t == reflect.TypeFor[metav1.TypeMeta]() {
			continue
		}
		omitEmpty, omitZero := strings.Contains(options, "omitempty"), strings.Contains(options, "omitzero")
		switch kind := field.Type.Kind(); {
		case kind == reflect.Pointer || kind == reflect.Interface:
			// left out, or null where nothing is demanded: validation refuses nearly all of those
		case kind == reflect.Struct && omitZero:
			s.Omitted = append(s.Omitted, name)
		case kind == reflect.Struct || (!omitEmpty && !omitZero):
			s.Always = append(s.Always, name)
		default:
			s.Omitted = append(s.Omitted, name)
		}
	}
}

func nameOf(t reflect.Type) string {
	if value, ok := reflect.Zero(t).Interface().(named); ok {
		return value.OpenAPIModelName()
	}
	return ""
}
