// Runs Prometheus' own ECS service discovery as Prometheus would, for the side-by-side benchmark:
// prints the number of targets after each refresh and ends after -refreshes of them. Endpoints and
// credentials come from the environment, as for every other program of the comparison.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/aws"
	"github.com/prometheus/prometheus/discovery/targetgroup"
)

func main() {
	refreshes := flag.Int("refreshes", 1, "end after so many refreshes; 0: never")
	interval := flag.Duration("interval", time.Minute, "time between refreshes")
	flag.Parse()

	config := aws.DefaultECSSDConfig
	config.Region = os.Getenv("AWS_REGION")
	config.Endpoint = os.Getenv("AWS_ENDPOINT_URL")
	config.HTTPClientConfig.ProxyFromEnvironment = true
	config.RefreshInterval = model.Duration(*interval)

	registry := prometheus.NewRegistry()
	refreshMetrics := discovery.NewRefreshMetrics(registry)
	if err := refreshMetrics.Register(); err != nil {
		fail(err)
	}
	metrics := config.NewDiscovererMetrics(registry, refreshMetrics)
	if err := metrics.Register(); err != nil {
		fail(err)
	}
	discoverer, err := config.NewDiscoverer(discovery.DiscovererOptions{
		Logger:  slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Metrics: metrics,
	})
	if err != nil {
		fail(err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	updates := make(chan []*targetgroup.Group)
	go discoverer.Run(ctx, updates)
	for done := 1; ; done++ {
		targets := 0
		for _, group := range <-updates {
			targets += len(group.Targets)
		}
		fmt.Printf("refresh %d: %d targets\n", done, targets)
		if done == *refreshes {
			return
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
