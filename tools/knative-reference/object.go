package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	authenticationv1 "k8s.io/api/authentication/v1"
	"knative.dev/pkg/apis"
	webhookjson "knative.dev/pkg/webhook/json"
	"knative.dev/pkg/webhook/resourcesemantics"
	apisconfig "knative.dev/serving/pkg/apis/config"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	servingv1beta1 "knative.dev/serving/pkg/apis/serving/v1beta1"
	autoscalerconfig "knative.dev/serving/pkg/autoscaler/config"
)

// objectCase is one object on its way through Knative's two admission webhooks.
type objectCase struct {
	Object json.RawMessage `json:"object"`
	// Old makes the case an update.
	Old    json.RawMessage `json:"old"`
	Config struct {
		Features   map[string]string `json:"features"`
		Autoscaler map[string]string `json:"autoscaler"`
		Defaults   map[string]string `json:"defaults"`
	} `json:"config"`
	// User is the name of whoever asks; without one no user is known, and Knative writes no creator annotations.
	User *string `json:"user"`
	// Subresource of an update, such as "status".
	Subresource string `json:"subresource"`
	// SkipDefaults validates the object as it stands.
	SkipDefaults bool `json:"skipDefaults"`
}

// answerObject defaults an object as the mutating webhook does and, if asked, then validates it as the validating one
// does (knative.dev/pkg webhook/resourcesemantics: defaulting.mutate, validation.Admit).
func answerObject(line []byte, validate bool) answer {
	var c objectCase
	if err := json.Unmarshal(line, &c); err != nil {
		return answer{"badCase": err.Error()}
	}
	base, err := contextWithConfig(c)
	if err != nil {
		return answer{"configError": err.Error()}
	}

	object, err := decode(c.Object, false)
	if err != nil {
		return answer{"decodeError": err.Error()}
	}
	result := answer{}
	// The webhook itself lets unknown fields pass, since the CRDs' schemas prune them; strict clients do not.
	if _, err := decode(c.Object, true); err != nil {
		result["strictDecodeError"] = err.Error()
	}

	if validate && c.SkipDefaults {
		return validateObject(base, c, object, result)
	}

	ctx, err := defaultingContext(base, c)
	if err != nil {
		return answer{"decodeError": err.Error()}
	}
	object.SetDefaults(ctx)
	if !validate {
		result["object"] = object
		return result
	}

	// The validating webhook sees what the API server made of the mutating one's patch.
	written, err := json.Marshal(object)
	if err != nil {
		return answer{"decodeError": err.Error()}
	}
	object, err = decode(written, false)
	if err != nil {
		return answer{"decodeError": err.Error()}
	}
	return validateObject(base, c, object, result)
}

func validateObject(base context.Context, c objectCase, object resourcesemantics.GenericCRD, result answer) answer {
	ctx := withUser(base, c)
	if len(c.Old) > 0 {
		old, err := decode(c.Old, false)
		if err != nil {
			return answer{"decodeError": err.Error()}
		}
		ctx = withinUpdate(ctx, c, old)
	} else {
		ctx = apis.WithinCreate(ctx)
	}

	for key, value := range errorAnswer(object.Validate(ctx)) {
		result[key] = value
	}
	return result
}

// defaultingContext defaults the old object first, as the webhook does, so that its defaults do not count as a change.
func defaultingContext(base context.Context, c objectCase) (context.Context, error) {
	ctx := base
	if len(c.Old) > 0 {
		old, err := decode(c.Old, false)
		if err != nil {
			return nil, err
		}
		old.SetDefaults(ctx)
		ctx = withinUpdate(ctx, c, old)
	} else {
		ctx = apis.WithinCreate(ctx)
	}
	return withUser(ctx, c), nil
}

func withinUpdate(ctx context.Context, c objectCase, old resourcesemantics.GenericCRD) context.Context {
	if c.Subresource != "" {
		return apis.WithinSubResourceUpdate(ctx, old, c.Subresource)
	}
	return apis.WithinUpdate(ctx, old)
}

func withUser(ctx context.Context, c objectCase) context.Context {
	if c.User == nil {
		return ctx
	}
	return apis.WithUserInfo(ctx, &authenticationv1.UserInfo{Username: *c.User})
}

func contextWithConfig(c objectCase) (context.Context, error) {
	features, err := apisconfig.NewFeaturesConfigFromMap(c.Config.Features)
	if err != nil {
		return nil, fmt.Errorf("config-features: %w", err)
	}
	defaults, err := apisconfig.NewDefaultsConfigFromMap(c.Config.Defaults)
	if err != nil {
		return nil, fmt.Errorf("config-defaults: %w", err)
	}
	autoscaler, err := autoscalerconfig.NewConfigFromMap(c.Config.Autoscaler)
	if err != nil {
		return nil, fmt.Errorf("config-autoscaler: %w", err)
	}
	return apisconfig.ToContext(context.Background(), &apisconfig.Config{
		Features:   features,
		Defaults:   defaults,
		Autoscaler: autoscaler,
	}), nil
}

// decode reads an object into the type that cmd/webhook registers for its kind.
func decode(raw json.RawMessage, strict bool) (resourcesemantics.GenericCRD, error) {
	var meta struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := json.Unmarshal(raw, &meta); err != nil {
		return nil, err
	}

	var object resourcesemantics.GenericCRD
	switch meta.APIVersion + " " + meta.Kind {
	case "serving.knative.dev/v1 Service":
		object = &servingv1.Service{}
	case "serving.knative.dev/v1 Configuration":
		object = &servingv1.Configuration{}
	case "serving.knative.dev/v1 Revision":
		object = &servingv1.Revision{}
	case "serving.knative.dev/v1 Route":
		object = &servingv1.Route{}
	case "serving.knative.dev/v1beta1 DomainMapping":
		object = &servingv1beta1.DomainMapping{}
	default:
		return nil, fmt.Errorf("unhandled kind: %s %s", meta.APIVersion, meta.Kind)
	}
	return object, webhookjson.Decode(bytes.Clone(raw), object, strict)
}
