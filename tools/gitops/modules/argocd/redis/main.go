// A Redis for one Argo CD on this machine, made of the one that Argo CD's own tests use: nothing has to be installed.
//
// Argo CD keeps in Redis what it can find out again. What miniredis does not do by itself is to let time pass.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/alicebob/miniredis/v2"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: redis ADDRESS, such as 127.0.0.1:6379")
		os.Exit(2)
	}
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on", server.Addr())

	before := time.Now()
	for now := range time.Tick(time.Second) {
		server.SetTime(now)
		server.FastForward(now.Sub(before)) // keys that have an end come to it
		before = now
	}
}
