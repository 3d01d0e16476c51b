// What stands around JetStream where it is a Broker: an ingress that takes events by HTTP and answers 202 when the
// stream has them, and for each Trigger a durable pull consumer that posts them to its subscriber and acknowledges.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	stream = "EVENTS"
	// As many as one Trigger of Weir sends at once.
	mostAtOnce = 100
	prefix     = "Ce-"
)

// Arguments: the server's URL, the subscribers' URL, how many Triggers there are, and the type that they filter by.
func main() {
	server, subscriber, wanted := os.Args[1], os.Args[2], os.Args[4]
	triggers, err := strconv.Atoi(os.Args[3])
	must(err)
	connection, err := nats.Connect(server, nats.RetryOnFailedConnect(true), nats.MaxReconnects(100), nats.ReconnectWait(50*time.Millisecond))
	must(err)
	must(waitFor(connection))
	js, err := jetstream.New(connection)
	must(err)
	ctx := context.Background()
	events, err := js.CreateStream(ctx, jetstream.StreamConfig{
		Name:     stream,
		Subjects: []string{"events.>"},
		Storage:  jetstream.FileStorage,
		MaxMsgs:  100_000,
	})
	must(err)

	client := &http.Client{Transport: &http.Transport{MaxIdleConns: 1000, MaxIdleConnsPerHost: 1000, MaxConnsPerHost: 100, DisableCompression: true}}
	for index := range triggers {
		consumer, err := events.CreateConsumer(ctx, jetstream.ConsumerConfig{
			Durable:       fmt.Sprintf("trigger-%d", index),
			AckPolicy:     jetstream.AckExplicitPolicy,
			FilterSubject: "events." + wanted,
		})
		must(err)
		deliver(consumer, client, subscriber+strconv.Itoa(index))
	}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		// whoever started it is gone
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	must(http.Serve(listener, ingress(js)))
}

func waitFor(connection *nats.Conn) error {
	for range 200 {
		if connection.IsConnected() {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("the server does not answer: %v", connection.LastError())
}

func ingress(js jetstream.JetStream) http.Handler {
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil || request.Method != http.MethodPost || request.Header.Get("Ce-Specversion") == "" {
			response.WriteHeader(http.StatusBadRequest)
			return
		}
		message := nats.NewMsg("events." + request.Header.Get("Ce-Type"))
		message.Data = body
		for name, values := range request.Header {
			if strings.HasPrefix(name, prefix) || name == "Content-Type" {
				message.Header[name] = values
			}
		}
		if _, err := js.PublishMsg(request.Context(), message); err != nil {
			log.Print(err)
			response.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		response.WriteHeader(http.StatusAccepted)
	})
}

// deliver posts each event, many at a time, and acknowledges what was taken; what was not comes again.
func deliver(consumer jetstream.Consumer, client *http.Client, url string) {
	places := make(chan struct{}, mostAtOnce)
	_, err := consumer.Consume(func(message jetstream.Msg) {
		places <- struct{}{}
		go func() {
			defer func() { <-places }()
			if err := post(client, url, message); err != nil {
				log.Print(err)
				_ = message.NakWithDelay(time.Second)
				return
			}
			_ = message.Ack()
		}()
	}, jetstream.PullMaxMessages(500))
	must(err)
}

func post(client *http.Client, url string, message jetstream.Msg) error {
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(message.Data()))
	if err != nil {
		return err
	}
	for name, values := range message.Headers() {
		request.Header[name] = values
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %d", url, response.StatusCode)
	}
	return nil
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
