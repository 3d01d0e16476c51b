package main

import (
	"encoding/json"
	"time"

	"knative.dev/networking/pkg/http/stats"
)

// statsStep is one moment: a request that comes or goes, or a report.
type statsStep struct {
	// At is in milliseconds after the begin.
	At int64 `json:"at"`
	// Type is in, out, proxied-in, proxied-out or report.
	Type string `json:"type"`
}

// answerStats plays the moments to the counters that the queue-proxy and the activator report from.
func answerStats(line []byte) answer {
	var c struct {
		Steps []statsStep `json:"steps"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return answer{"decodeError": err.Error()}
	}

	began := time.Unix(0, 0)
	counters := stats.NewRequestStats(began)
	types := map[string]stats.ReqEventType{
		"in":          stats.ReqIn,
		"out":         stats.ReqOut,
		"proxied-in":  stats.ProxiedIn,
		"proxied-out": stats.ProxiedOut,
	}
	reports := []map[string]float64{}
	for _, step := range c.Steps {
		at := began.Add(time.Duration(step.At) * time.Millisecond)
		if step.Type != "report" {
			counters.HandleEvent(stats.ReqEvent{Time: at, Type: types[step.Type]})
			continue
		}
		report := counters.Report(at)
		reports = append(reports, map[string]float64{
			"concurrency":        report.AverageConcurrency,
			"proxiedConcurrency": report.AverageProxiedConcurrency,
			"requests":           report.RequestCount,
			"proxiedRequests":    report.ProxiedRequestCount,
		})
	}
	return answer{"reports": reports}
}
