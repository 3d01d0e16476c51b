// Command hpa-reference answers what Kubernetes' own HorizontalPodAutoscaler controller makes of a case: the yardstick for
// the TypeScript under controllers/hpa. It reads a JSON list of cases from stdin and writes a JSON list of answers to
// stdout, in the same order. Ages are in milliseconds before now, by the clock that Kubernetes' code reads.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"time"
	"unsafe"

	autoscaling "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	metricsclient "k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

type testPod struct {
	Name     string `json:"name"`
	Phase    string `json:"phase"`
	Deleted  bool   `json:"deleted"`
	StartAge *int64 `json:"startAge"`
	Ready    string `json:"ready"`
	ReadyAge int64  `json:"readyAge"`
	// Requests are in thousandths, one for each container; below zero: none.
	Requests []int64 `json:"requests"`
	// Used is in thousandths; below zero: nothing is known.
	Used     int64 `json:"used"`
	UsedAge  int64 `json:"usedAge"`
	WindowMs int64 `json:"windowMs"`
}

type rules struct {
	Seconds  *int32 `json:"seconds"`
	Select   string `json:"select"`
	Policies []struct {
		Type   string `json:"type"`
		Value  int32  `json:"value"`
		Period int32  `json:"period"`
	} `json:"policies"`
}

type event struct {
	Age   int64 `json:"age"`
	Count int32 `json:"count"`
}

type testCase struct {
	Op       string    `json:"op"`
	Pods     []testPod `json:"pods"`
	Resource string    `json:"resource"`
	Percent  int32     `json:"percent"`
	Average  int64     `json:"average"`
	Replicas int32     `json:"replicas"`
	Up       float64   `json:"up"`
	Down     float64   `json:"down"`

	Current         int32   `json:"current"`
	Desired         int32   `json:"desired"`
	Min             int32   `json:"min"`
	Max             int32   `json:"max"`
	ScaleUp         *rules  `json:"scaleUp"`
	ScaleDown       *rules  `json:"scaleDown"`
	Recommendations []event `json:"recommendations"`
	Ups             []event `json:"ups"`
	Downs           []event `json:"downs"`
}

type answer map[string]any

type metrics struct {
	metricsclient.MetricsClient
	info metricsclient.PodMetricsInfo
	at   time.Time
}

func (m metrics) GetResourceMetric(context.Context, corev1.ResourceName, string, labels.Selector, string) (metricsclient.PodMetricsInfo, time.Time, error) {
	if len(m.info) == 0 {
		return nil, time.Time{}, fmt.Errorf("no metrics returned from resource metrics API")
	}
	return m.info, m.at, nil
}

func propose(c testCase) answer {
	now := time.Now()
	ago := func(ms int64) time.Time { return now.Add(-time.Duration(ms) * time.Millisecond) }
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	info := metricsclient.PodMetricsInfo{}
	name := corev1.ResourceName(c.Resource)
	for _, p := range c.Pods {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: p.Name, Namespace: "shop"}, Status: corev1.PodStatus{Phase: corev1.PodPhase(p.Phase)}}
		if p.Deleted {
			at := metav1.NewTime(now)
			pod.DeletionTimestamp = &at
		}
		if p.StartAge != nil {
			at := metav1.NewTime(ago(*p.StartAge))
			pod.Status.StartTime = &at
		}
		if p.Ready != "" {
			pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionStatus(p.Ready), LastTransitionTime: metav1.NewTime(ago(p.ReadyAge))}}
		}
		for i, request := range p.Requests {
			container := corev1.Container{Name: fmt.Sprintf("c%d", i)}
			if request >= 0 {
				container.Resources.Requests = corev1.ResourceList{name: *resource.NewMilliQuantity(request, resource.DecimalSI)}
			}
			pod.Spec.Containers = append(pod.Spec.Containers, container)
		}
		if p.Used >= 0 {
			info[p.Name] = metricsclient.PodMetric{Value: p.Used, Timestamp: ago(p.UsedAge), Window: time.Duration(p.WindowMs) * time.Millisecond}
		}
		if err := indexer.Add(pod); err != nil {
			panic(err)
		}
	}
	calculator := podautoscaler.NewReplicaCalculator(metrics{info: info, at: now}, corelisters.NewPodLister(indexer), 5*time.Minute, 30*time.Second)
	var tolerances podautoscaler.Tolerances
	*(*[2]float64)(unsafe.Pointer(&tolerances)) = [2]float64{c.Down, c.Up}
	ctx := context.Background()
	if c.Average > 0 {
		replicas, usage, _, err := calculator.GetRawResourceReplicas(ctx, c.Replicas, c.Average, name, tolerances, "shop", labels.Everything(), "")
		if err != nil {
			return answer{"error": err.Error()}
		}
		return answer{"replicas": replicas, "average": usage}
	}
	replicas, percent, average, _, err := calculator.GetResourceReplicas(ctx, c.Replicas, c.Percent, name, tolerances, "shop", labels.Everything(), "")
	if err != nil {
		return answer{"error": err.Error()}
	}
	return answer{"replicas": replicas, "percent": percent, "average": average}
}

//go:linkname normalizeSimply k8s.io/kubernetes/pkg/controller/podautoscaler.(*HorizontalController).normalizeDesiredReplicas
func normalizeSimply(*podautoscaler.HorizontalController, *autoscaling.HorizontalPodAutoscaler, string, int32, int32, int32) int32

//go:linkname normalizeWithBehaviors k8s.io/kubernetes/pkg/controller/podautoscaler.(*HorizontalController).normalizeDesiredReplicasWithBehaviors
func normalizeWithBehaviors(*podautoscaler.HorizontalController, *autoscaling.HorizontalPodAutoscaler, string, int32, int32, int32) int32

const key = "shop/cart"

// keep puts what the controller remembers where it keeps it: the field is a map of lists of structs that are not exported.
func keep(controller *podautoscaler.HorizontalController, field string, events []event, now time.Time) {
	value := reflect.ValueOf(controller).Elem().FieldByName(field)
	value = reflect.NewAt(value.Type(), unsafe.Pointer(value.UnsafeAddr())).Elem()
	list := reflect.MakeSlice(value.Type().Elem(), len(events), len(events))
	for i, each := range events {
		item := list.Index(i)
		set(item.Field(0), reflect.ValueOf(each.Count))
		set(item.Field(1), reflect.ValueOf(now.Add(-time.Duration(each.Age)*time.Millisecond)))
	}
	made := reflect.MakeMap(value.Type())
	made.SetMapIndex(reflect.ValueOf(key), list)
	value.Set(made)
}

func set(field, value reflect.Value) {
	reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Set(value)
}

func scalingRules(r *rules) *autoscaling.HPAScalingRules {
	policy := autoscaling.ScalingPolicySelect(r.Select)
	made := &autoscaling.HPAScalingRules{StabilizationWindowSeconds: r.Seconds, SelectPolicy: &policy}
	for _, each := range r.Policies {
		made.Policies = append(made.Policies, autoscaling.HPAScalingPolicy{Type: autoscaling.HPAScalingPolicyType(each.Type), Value: each.Value, PeriodSeconds: each.Period})
	}
	return made
}

func normalize(c testCase) answer {
	now := time.Now()
	controller := &podautoscaler.HorizontalController{}
	keep(controller, "recommendations", c.Recommendations, now)
	keep(controller, "scaleUpEvents", c.Ups, now)
	keep(controller, "scaleDownEvents", c.Downs, now)
	set(reflect.ValueOf(controller).Elem().FieldByName("downscaleStabilisationWindow"), reflect.ValueOf(5*time.Minute))
	hpa := &autoscaling.HorizontalPodAutoscaler{Spec: autoscaling.HorizontalPodAutoscalerSpec{MaxReplicas: c.Max}}
	var replicas int32
	if c.ScaleUp == nil {
		replicas = normalizeSimply(controller, hpa, key, c.Current, c.Desired, c.Min)
	} else {
		hpa.Spec.Behavior = &autoscaling.HorizontalPodAutoscalerBehavior{ScaleUp: scalingRules(c.ScaleUp), ScaleDown: scalingRules(c.ScaleDown)}
		replicas = normalizeWithBehaviors(controller, hpa, key, c.Current, c.Desired, c.Min)
	}
	result := answer{"replicas": replicas}
	for _, condition := range hpa.Status.Conditions {
		result[string(condition.Type)] = []string{string(condition.Status), condition.Reason, condition.Message}
	}
	return result
}

func main() {
	var cases []testCase
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	answers := []answer{}
	for _, c := range cases {
		if c.Op == "propose" {
			answers = append(answers, propose(c))
		} else {
			answers = append(answers, normalize(c))
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answers); err != nil {
		panic(err)
	}
}
