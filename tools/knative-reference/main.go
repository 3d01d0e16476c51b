// Command knative-reference answers what Knative Serving's own code says about a case: the yardstick for the
// TypeScript under src/knative. It reads one JSON case a line from stdin and writes one JSON answer a line to stdout,
// in the same order. See README.md for the cases.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// answer is what one case comes to; every operation fills in its own fields.
type answer map[string]any

func main() {
	// Both would otherwise be read off the machine: the cluster's domain from /etc/resolv.conf.
	setUnlessSet("SYSTEM_NAMESPACE", "knative-serving")
	setUnlessSet("CLUSTER_DOMAIN", "cluster.local")

	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "knative-reference:", err)
		os.Exit(1)
	}
}

func setUnlessSet(key, value string) {
	if os.Getenv(key) == "" {
		os.Setenv(key, value)
	}
}

func run(in io.Reader, out io.Writer) error {
	reader := bufio.NewReaderSize(in, 1<<20)
	writer := bufio.NewWriterSize(out, 1<<20)
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)

	for {
		line, err := reader.ReadBytes('\n')
		if len(line) > 1 {
			if encodeErr := encoder.Encode(answerLine(line)); encodeErr != nil {
				return encodeErr
			}
		}
		if err == io.EOF {
			return writer.Flush()
		}
		if err != nil {
			return err
		}
	}
}

// answerLine never fails: a case that Knative's code panics on is answered with the panic, for that is a finding too.
func answerLine(line []byte) (result answer) {
	defer func() {
		if reason := recover(); reason != nil {
			result = answer{"panic": fmt.Sprint(reason)}
		}
	}()

	var head struct {
		Op string `json:"op"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return answer{"badCase": err.Error()}
	}

	switch head.Op {
	case "annotations":
		return answerAnnotations(line)
	case "autoscaler-config":
		return answerAutoscalerConfig(line)
	case "validate":
		return answerObject(line, true)
	case "default":
		return answerObject(line, false)
	case "kpa":
		return answerKPA(line)
	case "scale":
		return answerScale(line)
	case "stats":
		return answerStats(line)
	case "go":
		return answerGo(line)
	default:
		return answer{"badCase": fmt.Sprintf("unknown op %q", head.Op)}
	}
}
