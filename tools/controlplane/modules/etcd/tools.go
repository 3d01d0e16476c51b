//go:build tools

// Package tools names the programs that this module builds, so that go.mod and go.sum keep what they need.
package tools

import _ "go.etcd.io/etcd/server/v3"
