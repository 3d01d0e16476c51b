// How many events a second Knative's own filters judge: one line of JSON in, one out.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	"go.uber.org/zap"
	eventingv1 "knative.dev/eventing/pkg/apis/eventing/v1"
	"knative.dev/eventing/pkg/eventfilter"
	"knative.dev/eventing/pkg/eventfilter/attributes"
	"knative.dev/eventing/pkg/eventfilter/subscriptionsapi"
	"knative.dev/pkg/logging"
)

type job struct {
	Seconds  float64
	Triggers []struct {
		Name string
		Spec struct {
			Filter *struct {
				Attributes map[string]string `json:"attributes"`
			} `json:"filter"`
			Filters []eventingv1.SubscriptionsAPIFilter `json:"filters"`
		}
	}
	Events []cloudevents.Event
}

type result struct {
	Name      string  `json:"name"`
	PerSecond float64 `json:"perSecond"`
	Passed    int     `json:"passed"`
}

func main() {
	var given job
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		log.Fatal(err)
	}
	logger := zap.NewNop()
	ctx := logging.WithLogger(context.Background(), logger.Sugar())
	results := []result{}
	for _, trigger := range given.Triggers {
		var filter eventfilter.Filter
		if len(trigger.Spec.Filters) > 0 {
			filter = subscriptionsapi.CreateSubscriptionsAPIFilters(logger, trigger.Spec.Filters)
		} else {
			filter = attributes.NewAttributesFilter(trigger.Spec.Filter.Attributes)
		}
		passed := pass(ctx, filter, given.Events)
		rounds := 0
		began := time.Now()
		for time.Since(began).Seconds() < given.Seconds {
			pass(ctx, filter, given.Events)
			rounds++
		}
		perSecond := float64(rounds*len(given.Events)) / time.Since(began).Seconds()
		results = append(results, result{trigger.Name, perSecond, passed})
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		log.Fatal(err)
	}
}

func pass(ctx context.Context, filter eventfilter.Filter, events []cloudevents.Event) int {
	passed := 0
	for _, event := range events {
		if filter.Filter(ctx, event) != eventfilter.FailFilter {
			passed++
		}
	}
	return passed
}
