package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"
	_ "unsafe" // for go:linkname

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
	netv1alpha1 "knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
	autoscalingv1alpha1 "knative.dev/serving/pkg/apis/autoscaling/v1alpha1"
	autoscalerconfig "knative.dev/serving/pkg/autoscaler/config"
	"knative.dev/serving/pkg/deployment"
	"knative.dev/serving/pkg/reconciler/autoscaling/config"
	_ "knative.dev/serving/pkg/reconciler/autoscaling/kpa"
)

// What follows has the shape of kpa's own types, which are not exported (pkg/reconciler/autoscaling/kpa/{scaler,kpa}.go).

type prober interface {
	Offer(context.Context, string, interface{}, time.Duration, time.Duration, ...interface{}) bool
}

type scaler struct {
	listerFactory  func(schema.GroupVersionResource) (cache.GenericLister, error)
	dynamicClient  dynamic.Interface
	transport      http.RoundTripper
	activatorProbe func(*autoscalingv1alpha1.PodAutoscaler, http.RoundTripper) (bool, error)
	probeManager   prober
	enqueueCB      func(interface{}, time.Duration)
}

type podCounts struct {
	want, ready, notReady, pending, terminating int
}

//go:linkname scaleOf knative.dev/serving/pkg/reconciler/autoscaling/kpa.(*scaler).scale
func scaleOf(*scaler, context.Context, *autoscalingv1alpha1.PodAutoscaler, *netv1alpha1.ServerlessService, int32) (int32, error)

//go:linkname computeActiveCondition knative.dev/serving/pkg/reconciler/autoscaling/kpa.computeActiveCondition
func computeActiveCondition(context.Context, *autoscalingv1alpha1.PodAutoscaler, podCounts)

var errApplies = errors.New("this number of pods is set")

type noProber struct{}

func (noProber) Offer(context.Context, string, interface{}, time.Duration, time.Duration, ...interface{}) bool {
	return true
}

// answerScale tells Knative's scaler of one moment of a PodAutoscaler: what it wants, what it sets, when it looks again,
// and what the condition Active becomes. Ages are in milliseconds before now, by the clock that Knative's code reads.
func answerScale(line []byte) answer {
	var c struct {
		Annotations map[string]string `json:"annotations"`
		Config      map[string]string `json:"config"`
		// ProgressDeadline is config-deployment's.
		ProgressDeadline string `json:"progressDeadline"`
		Reachability     string `json:"reachability"`
		// Active is the condition's status; empty where it was never written.
		Active        string `json:"active"`
		ActiveAge     int64  `json:"activeAge"`
		IsInitialized bool   `json:"isInitialized"`
		Mode          string `json:"mode"`
		// ProxyAge is below zero where the activator is not in the way.
		ProxyAge        int64 `json:"proxyAge"`
		IsActivatorSeen bool  `json:"isActivatorSeen"`
		Desired         int32 `json:"desired"`
		Ready           int   `json:"ready"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return answer{"decodeError": err.Error()}
	}
	autoscaler, err := autoscalerconfig.NewConfigFromMap(c.Config)
	if err != nil {
		return answer{"configError": err.Error()}
	}
	sidecar := map[string]string{"queue-sidecar-image": "dev.local/queue"} // without one there is no config-deployment
	if c.ProgressDeadline != "" {
		sidecar["progress-deadline"] = c.ProgressDeadline
	}
	deployments, err := deployment.NewConfigFromConfigMap(&corev1.ConfigMap{Data: sidecar})
	if err != nil {
		return answer{"configError": err.Error()}
	}
	ctx := config.ToContext(context.Background(), &config.Config{Autoscaler: autoscaler, Deployment: deployments})

	now := time.Now()
	ago := func(milliseconds int64) apis.VolatileTime {
		return apis.VolatileTime{Inner: metav1.NewTime(now.Add(-time.Duration(milliseconds) * time.Millisecond))}
	}
	pa := &autoscalingv1alpha1.PodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello-00001", Annotations: c.Annotations},
		Spec: autoscalingv1alpha1.PodAutoscalerSpec{
			ScaleTargetRef: corev1.ObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "hello-00001-deployment"},
			Reachability:   autoscalingv1alpha1.ReachabilityType(c.Reachability),
		},
	}
	pa.Status.ServiceName = "hello-00001"
	if c.Active != "" {
		pa.Status.Conditions = append(pa.Status.Conditions, apis.Condition{
			Type: autoscalingv1alpha1.PodAutoscalerConditionActive, Status: corev1.ConditionStatus(c.Active), LastTransitionTime: ago(c.ActiveAge),
		})
	}
	if c.IsInitialized {
		pa.Status.Conditions = append(pa.Status.Conditions, apis.Condition{
			Type: autoscalingv1alpha1.PodAutoscalerConditionScaleTargetInitialized, Status: corev1.ConditionTrue,
		})
	}
	sks := &netv1alpha1.ServerlessService{}
	sks.Spec.Mode = netv1alpha1.ServerlessServiceOperationMode(c.Mode)
	if c.ProxyAge >= 0 {
		sks.Status.Conditions = duckv1.Conditions{{
			Type: netv1alpha1.ActivatorEndpointsPopulated, Status: corev1.ConditionTrue, LastTransitionTime: ago(c.ProxyAge),
		}}
	}

	again := int64(-1)
	scaler := &scaler{
		listerFactory: func(schema.GroupVersionResource) (cache.GenericLister, error) { return nil, errApplies },
		activatorProbe: func(*autoscalingv1alpha1.PodAutoscaler, http.RoundTripper) (bool, error) {
			return c.IsActivatorSeen, nil
		},
		probeManager: noProber{},
		enqueueCB:    func(_ interface{}, after time.Duration) { again = after.Milliseconds() },
	}
	want, err := scaleOf(scaler, ctx, pa, sks, c.Desired)
	if err != nil && !errors.Is(err, errApplies) {
		return answer{"badCase": err.Error()}
	}
	applies := err != nil

	computeActiveCondition(ctx, pa, podCounts{want: int(want), ready: c.Ready})
	result := answer{"want": want, "applies": applies, "again": again, "isInitialized": pa.Status.IsScaleTargetInitialized()}
	if active := pa.Status.GetCondition(autoscalingv1alpha1.PodAutoscalerConditionActive); active != nil {
		result["active"], result["reason"], result["message"] = active.Status, active.Reason, active.Message
	}
	return result
}
