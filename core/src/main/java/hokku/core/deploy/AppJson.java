package hokku.core.deploy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import hokku.api.Check;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/// What `app.json` says about the checks that new containers must pass. Comments are allowed in it.
record AppJson(Map<ProcessType, List<Check>> startupChecks) {
    private static final ObjectMapper MAPPER = JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA).enable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION).build();

    static final AppJson EMPTY = new AppJson(Map.of());

    /// @throws UserError that names what cannot be understood
    static AppJson parse(String text) {
        JsonNode root;
        try {
            root = MAPPER.readTree(text);
        } catch (JsonProcessingException broken) {
            throw new UserError("app.json, line " + broken.getLocation().getLineNr() + ": " + broken.getOriginalMessage());
        }
        if (!root.isObject()) {
            throw new UserError("app.json must hold a JSON object: { … }");
        }
        Map<ProcessType, List<Check>> found = new TreeMap<>();
        if (root.hasNonNull("healthchecks") && !root.get("healthchecks").isObject()) {
            throw new UserError("app.json: healthchecks must be an object, with a list for each process type: {\"web\": [{ … }]}");
        }
        root.path("healthchecks").properties().forEach(each -> {
            ProcessType process = ProcessType.of(each.getKey());
            if (!each.getValue().isArray()) {
                throw new UserError("app.json: the healthchecks of " + process + " must be a list: [{ … }]");
            }
            List<Check> checks = new ArrayList<>();
            each.getValue().forEach(check -> {
                if (type(process, check).equals("startup")) {
                    checks.add(check(process, check));
                }
            });
            if (!checks.isEmpty()) {
                found.put(process, List.copyOf(checks));
            }
        });
        return new AppJson(found);
    }

    /// Liveness and readiness are for schedulers that look at containers for as long as they run.
    private static String type(ProcessType process, JsonNode check) {
        String type = check.path("type").asText("startup");
        if (!List.of("startup", "liveness", "readiness").contains(type)) {
            throw new UserError("app.json: a healthcheck of " + process + " has the type " + type + ". Use startup, liveness or readiness");
        }
        return type;
    }

    private static Check check(ProcessType process, JsonNode json) {
        Check.Probe probe = probe(process, json);
        String name = json.path("name").asText(switch (probe) {
            case Check.Http http -> "http check of " + http.path();
            case Check.Exec exec -> "command check";
            case Check.Listening listening -> "port listening check";
            case Check.Uptime uptime -> "uptime check";
        });
        return new Check(name, probe, number(process, json, "attempts", 3), Duration.ofSeconds(number(process, json, "timeout", 5)),
                Duration.ofSeconds(number(process, json, "wait", 5)), Duration.ofSeconds(number(process, json, "initialDelay", 0)),
                json.path("warn").asBoolean(false));
    }

    private static Check.Probe probe(ProcessType process, JsonNode json) {
        OptionalInt port = json.hasNonNull("port") ? OptionalInt.of(number(process, json, "port", 0)) : OptionalInt.empty();
        if (json.hasNonNull("path")) {
            String path = json.get("path").asText();
            Map<String, String> headers = new TreeMap<>();
            json.path("httpHeaders").forEach(header -> headers.put(header.path("name").asText(), header.path("value").asText()));
            return new Check.Http(path.startsWith("/") ? path : "/" + path, json.path("content").asText(""), headers, port);
        }
        if (json.hasNonNull("command")) {
            List<String> words = new ArrayList<>();
            json.get("command").forEach(word -> words.add(word.asText()));
            if (words.isEmpty()) {
                throw new UserError("app.json: the command of a healthcheck of " + process + " must be a list of words, [\"./check\"]");
            }
            return new Check.Exec(words);
        }
        if (json.path("listening").asBoolean(false)) {
            return new Check.Listening(port);
        }
        if (json.hasNonNull("uptime")) {
            return new Check.Uptime(Duration.ofSeconds(number(process, json, "uptime", 0)));
        }
        throw new UserError("app.json: a healthcheck of " + process + " says nothing to check. Give it one of path, command, listening"
                + " or uptime");
    }

    private static int number(ProcessType process, JsonNode json, String field, int initial) {
        JsonNode value = json.path(field);
        if (value.isMissingNode()) {
            return initial;
        }
        if (!value.canConvertToInt() || value.asInt() < 0 || value.asInt() > 65535) {
            throw new UserError("app.json: " + field + " of a healthcheck of " + process + " must be a whole number from 0 to 65535");
        }
        return value.asInt();
    }
}
