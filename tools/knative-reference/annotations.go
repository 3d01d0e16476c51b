package main

import (
	"context"
	"encoding/json"
	"strconv"

	"knative.dev/serving/pkg/apis/autoscaling"
	"knative.dev/serving/pkg/apis/serving"
	autoscalerconfig "knative.dev/serving/pkg/autoscaler/config"
)

// answerAnnotations runs autoscaling.ValidateAnnotations; with "metadata": true the check of a Service's own metadata.
func answerAnnotations(line []byte) answer {
	var c struct {
		Annotations           map[string]string `json:"annotations"`
		Config                map[string]string `json:"config"`
		AllowInitialScaleZero *bool             `json:"allowInitialScaleZero"`
		Metadata              bool              `json:"metadata"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return answer{"decodeError": err.Error()}
	}
	if c.Metadata {
		return errorAnswer(serving.ValidateHasNoAutoscalingAnnotation(c.Annotations))
	}

	config, err := autoscalerconfig.NewConfigFromMap(c.Config)
	if err != nil {
		return answer{"configError": err.Error()}
	}
	if c.AllowInitialScaleZero != nil {
		config.AllowZeroInitialScale = *c.AllowInitialScaleZero
	}
	return errorAnswer(autoscaling.ValidateAnnotations(context.Background(), config, c.Annotations))
}

// answerAutoscalerConfig parses config-autoscaler's data and gives each value back, numbers and durations as Go prints them.
func answerAutoscalerConfig(line []byte) answer {
	var c struct {
		Config map[string]string `json:"config"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return answer{"decodeError": err.Error()}
	}

	config, err := autoscalerconfig.NewConfigFromMap(c.Config)
	if err != nil {
		return answer{"configError": err.Error()}
	}
	float := func(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }
	return answer{"config": answer{
		"podAutoscalerClass":                 config.PodAutoscalerClass,
		"enableScaleToZero":                  config.EnableScaleToZero,
		"allowZeroInitialScale":              config.AllowZeroInitialScale,
		"initialScale":                       config.InitialScale,
		"minScale":                           config.MinScale,
		"maxScale":                           config.MaxScale,
		"maxScaleLimit":                      config.MaxScaleLimit,
		"maxScaleUpRate":                     float(config.MaxScaleUpRate),
		"maxScaleDownRate":                   float(config.MaxScaleDownRate),
		"containerConcurrencyTargetFraction": float(config.ContainerConcurrencyTargetFraction),
		"containerConcurrencyTargetDefault":  float(config.ContainerConcurrencyTargetDefault),
		"rpsTargetDefault":                   float(config.RPSTargetDefault),
		"targetBurstCapacity":                float(config.TargetBurstCapacity),
		"activatorCapacity":                  float(config.ActivatorCapacity),
		"panicWindowPercentage":              float(config.PanicWindowPercentage),
		"panicThresholdPercentage":           float(config.PanicThresholdPercentage),
		"stableWindow":                       config.StableWindow.String(),
		"scaleDownDelay":                     config.ScaleDownDelay.String(),
		"scaleToZeroGracePeriod":             config.ScaleToZeroGracePeriod.String(),
		"scaleToZeroPodRetentionPeriod":      config.ScaleToZeroPodRetentionPeriod.String(),
	}}
}
