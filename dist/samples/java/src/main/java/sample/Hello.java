package sample;

import com.google.gson.GsonBuilder;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/** A page at / and the same as JSON at /about: a web server of the JDK, and one library from Maven Central. */
public final class Hello {

    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <title>Hello from Java</title>
            <h1>Hello from Java</h1>
            <pre>%s</pre>
            </html>
            """;

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "5000"));
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/", exchange -> answer(exchange, "text/html", PAGE.formatted(about())));
        server.createContext("/about", exchange -> answer(exchange, "application/json", about()));
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.start();
        System.out.println("Listening on port " + port);
        // A request that has begun is answered before the process ends.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(1)));
    }

    private static String about() {
        Map<String, Object> about = new TreeMap<>();
        about.put("java", Runtime.version().toString());
        about.put("memory", Runtime.getRuntime().maxMemory() / (1024 * 1024) + " MB");
        about.put("json", "Gson");
        return new GsonBuilder().setPrettyPrinting().create().toJson(about);
    }

    private static void answer(HttpExchange exchange, String type, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Hello() {}
}
