//go:build tools

// Package tools names the programs that this module builds, so that go.mod and go.sum keep what they need.
package tools

import (
	_ "knative.dev/serving/cmd/autoscaler"
	_ "knative.dev/serving/cmd/controller"
	_ "knative.dev/serving/cmd/webhook"
)
