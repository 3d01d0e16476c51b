package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/rickb777/date/period"
)

// answerGo runs one function of Go's library, or the ISO 8601 parser that Knative Eventing takes, on one text.
func answerGo(line []byte) answer {
	var c struct {
		Func  string `json:"func"`
		Value string `json:"value"`
		Bits  int    `json:"bits"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return answer{"badCase": err.Error()}
	}

	switch c.Func {
	case "ParseInt":
		value, err := strconv.ParseInt(c.Value, 10, c.Bits)
		return parsed(strconv.FormatInt(value, 10), err)
	case "ParseFloat":
		value, err := strconv.ParseFloat(c.Value, 64)
		return parsed(strconv.FormatFloat(value, 'g', -1, 64), err)
	case "FormatFloat":
		value, err := strconv.ParseFloat(c.Value, 64)
		return parsed(fmt.Sprintf("%v %f", value, value), err)
	case "ParseBool":
		value, err := strconv.ParseBool(c.Value)
		return parsed(strconv.FormatBool(value), err)
	case "Quote":
		return parsed(strconv.Quote(c.Value), nil)
	case "ParseDuration":
		value, err := time.ParseDuration(c.Value)
		result := parsed(value.String(), err)
		result["nanoseconds"] = strconv.FormatInt(int64(value), 10)
		return result
	case "ParsePeriod":
		value, err := period.Parse(c.Value)
		result := parsed(value.String(), err)
		duration, precise := value.Duration()
		result["nanoseconds"] = strconv.FormatInt(int64(duration), 10)
		result["precise"] = precise
		result["isZero"] = value.IsZero()
		return result
	default:
		return answer{"badCase": fmt.Sprintf("unknown func %q", c.Func)}
	}
}

func parsed(value string, err error) answer {
	if err != nil {
		return answer{"error": err.Error()}
	}
	return answer{"value": value}
}
