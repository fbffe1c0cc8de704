// A page that says hello, and one that says who is there: http://…/hello/you
package main

import (
	"fmt"
	"html"
	"log"
	"net/http"
	"os"
	"runtime"

	"github.com/go-chi/chi/v5"
)

func main() {
	router := chi.NewRouter()
	router.Get("/", func(w http.ResponseWriter, r *http.Request) {
		hello(w, "Hokku")
	})
	router.Get("/hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		hello(w, chi.URLParam(r, "name"))
	})

	port := os.Getenv("PORT")
	if port == "" {
		port = "5000"
	}
	log.Printf("Listening on port %s", port)
	log.Fatal(http.ListenAndServe(":"+port, router))
}

func hello(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<!doctype html>\n<title>Hello</title>\n<h1>Hello %s</h1>\n<p>This is Go: %s, with chi.</p>\n",
		html.EscapeString(name), runtime.Version())
}
