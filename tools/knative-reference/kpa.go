package main

import (
	"context"
	"encoding/json"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric/noop"
	"go.uber.org/zap"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	autoscalingv1alpha1 "knative.dev/serving/pkg/apis/autoscaling/v1alpha1"
	autoscalerconfig "knative.dev/serving/pkg/autoscaler/config"
	"knative.dev/serving/pkg/autoscaler/metrics"
	"knative.dev/serving/pkg/autoscaler/scaling"
	kparesources "knative.dev/serving/pkg/reconciler/autoscaling/kpa/resources"
	"knative.dev/serving/pkg/reconciler/autoscaling/resources"
)

// kpaStep is one moment of a trace: what is reported, how many pods are ready, and whether the autoscaler decides.
type kpaStep struct {
	// At is in milliseconds after the trace's begin.
	At     int64 `json:"at"`
	Report *struct {
		Concurrency        float64 `json:"concurrency"`
		Requests           float64 `json:"requests"`
		ProxiedConcurrency float64 `json:"proxiedConcurrency"`
		ProxiedRequests    float64 `json:"proxiedRequests"`
	} `json:"report"`
	Ready *int `json:"ready"`
	// Window is a new stable window, as the annotation's text.
	Window string `json:"window"`
	Decide bool   `json:"decide"`
}

type kpaDecision struct {
	DesiredPods         int32 `json:"desiredPods"`
	ExcessBurstCapacity int32 `json:"excessBurstCapacity"`
	Valid               bool  `json:"valid"`
}

// readyPods is the number of ready pods, as the autoscaler asks for it.
type readyPods struct{ count int }

func (r *readyPods) ReadyCount() (int, error)    { return r.count, nil }
func (r *readyPods) NotReadyCount() (int, error) { return 0, nil }

// answerKPA plays one trace to Knative's collector and autoscaler and gives every decision. The trace begins now, since
// parts of Knative's code read the clock themselves; the answer says when that was.
func answerKPA(line []byte) answer {
	var c struct {
		Annotations          map[string]string `json:"annotations"`
		Config               map[string]string `json:"config"`
		ContainerConcurrency int64             `json:"containerConcurrency"`
		Unreachable          bool              `json:"unreachable"`
		ArePodsAsked         bool              `json:"arePodsAsked"`
		Ready                int               `json:"ready"`
		Steps                []kpaStep         `json:"steps"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return answer{"decodeError": err.Error()}
	}
	config, err := autoscalerconfig.NewConfigFromMap(c.Config)
	if err != nil {
		return answer{"configError": err.Error()}
	}

	autoscaler := &autoscalingv1alpha1.PodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello-00001", Annotations: c.Annotations},
		Spec:       autoscalingv1alpha1.PodAutoscalerSpec{ContainerConcurrency: c.ContainerConcurrency},
	}
	if c.Unreachable {
		autoscaler.Spec.Reachability = autoscalingv1alpha1.ReachabilityUnreachable
	}
	target := ""
	if c.ArePodsAsked {
		target = "hello-00001-private"
	}

	logger := zap.NewNop().Sugar()
	noScraper := func(*autoscalingv1alpha1.Metric, *zap.SugaredLogger) (metrics.StatsScraper, error) { return nil, nil }
	collector := metrics.NewMetricCollector(noScraper, logger)
	defer collector.Delete("default", "hello-00001")
	if err := collector.CreateOrUpdate(resources.MakeMetric(autoscaler, target, config)); err != nil {
		return answer{"badCase": err.Error()}
	}

	began := time.Now().Truncate(time.Millisecond)
	pods := &readyPods{count: c.Ready}
	decider := kparesources.MakeDecider(autoscaler, config)
	scaler := scaling.New(*attribute.EmptySet(), noop.NewMeterProvider(), "default", "hello-00001", collector, pods, &decider.Spec)

	never := make(chan struct{})
	factory := func(*scaling.Decider) (scaling.UniScaler, error) { return scaler, nil }
	scalers := scaling.NewMultiScaler(never, factory, logger)
	first, err := scalers.Create(context.Background(), decider)
	if err != nil {
		return answer{"badCase": err.Error()}
	}
	scalers.Delete(context.Background(), "default", "hello-00001")

	key := types.NamespacedName{Namespace: "default", Name: "hello-00001"}
	decisions := []kpaDecision{}
	for _, step := range c.Steps {
		at := began.Add(time.Duration(step.At) * time.Millisecond)
		if step.Ready != nil {
			pods.count = *step.Ready
		}
		if step.Window != "" {
			autoscaler.Annotations["autoscaling.knative.dev/window"] = step.Window
			if err := collector.CreateOrUpdate(resources.MakeMetric(autoscaler, target, config)); err != nil {
				return answer{"badCase": err.Error()}
			}
			scaler.Update(&kparesources.MakeDecider(autoscaler, config).Spec)
		}
		if report := step.Report; report != nil {
			collector.Record(key, at, metrics.Stat{
				AverageConcurrentRequests:        report.Concurrency,
				AverageProxiedConcurrentRequests: report.ProxiedConcurrency,
				RequestCount:                     report.Requests,
				ProxiedRequestCount:              report.ProxiedRequests,
			})
		}
		if step.Decide {
			result := scaler.Scale(logger, at)
			decisions = append(decisions, kpaDecision{result.DesiredPodCount, result.ExcessBurstCapacity, result.ScaleValid})
		}
	}
	return answer{
		"began":     began.UnixMilli(),
		"first":     kpaDecision{first.Status.DesiredScale, first.Status.ExcessBurstCapacity, true},
		"decisions": decisions,
		"spec":      decider.Spec,
	}
}
