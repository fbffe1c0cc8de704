package hokku.core.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.Env;
import hokku.api.EnvKey;
import hokku.api.Global;
import hokku.api.Link;
import hokku.api.PortMapping;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.ServiceName;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// How the state's values look in its files.
final class StateJson {
    static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ObjectMapper INDENTED = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private StateJson() {}

    static String indented(JsonNode node) {
        try {
            return INDENTED.writeValueAsString(node) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static ObjectNode fromApp(App app) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("id", app.id().value());
        json.put("revision", app.revision());
        json.put("created", app.created().toString());
        json.set("env", env(app.env()));
        json.set("settings", texts(app.settings()));
        ObjectNode scale = json.putObject("scale");
        app.scale().forEach((process, count) -> scale.put(process.value(), count));
        json.set("domains", list(app.domains()));
        json.put("ownDomains", app.ownDomains());
        json.put("domainsEnabled", app.domainsEnabled());
        json.set("ports", list(app.ports()));
        json.put("proxied", app.proxied());
        json.put("stopped", app.stopped());
        json.put("locked", app.locked());
        ArrayNode links = json.putArray("links");
        app.links().forEach(link -> links.addObject().put("datastore", link.datastore()).put("service", link.service().value())
                .put("variable", link.variable().value()).put("query", link.query()).put("address", link.address()));
        return json;
    }

    /// The app, without what its journal knows.
    static App toApp(AppName name, JsonNode json, Global global) throws IOException {
        SortedMap<ProcessType, Integer> scale = new TreeMap<>();
        required(json, "scale").properties().forEach(each -> scale.put(ProcessType.of(each.getKey()), each.getValue().asInt()));
        return new App(name, AppId.of(required(json, "id").asText()), required(json, "revision").asLong(),
                Instant.parse(required(json, "created").asText()), Env.of(texts(required(json, "env"))),
                texts(required(json, "settings")), scale, list(json, "domains").stream().map(Domain::of).toList(),
                required(json, "ownDomains").asBoolean(), required(json, "domainsEnabled").asBoolean(),
                list(json, "ports").stream().map(PortMapping::parse).toList(), required(json, "proxied").asBoolean(),
                required(json, "stopped").asBoolean(), required(json, "locked").asBoolean(), Optional.empty(), global, links(json));
    }

    /// What an earlier version wrote has none.
    private static List<Link> links(JsonNode json) throws IOException {
        List<Link> links = new ArrayList<>();
        for (JsonNode link : json.path("links")) {
            links.add(new Link(required(link, "datastore").asText(), ServiceId.of(required(link, "service").asText()),
                    EnvKey.of(required(link, "variable").asText()), required(link, "query").asText(), required(link, "address").asText()));
        }
        return links;
    }

    static ObjectNode fromService(Service service) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("id", service.id().value());
        json.put("image", service.image());
        json.put("volume", service.volume());
        json.put("password", service.password());
        json.put("rootPassword", service.rootPassword());
        json.set("options", list(service.options()));
        json.set("env", env(service.env()));
        service.memory().ifPresent(bytes -> json.put("memory", bytes));
        service.shmSize().ifPresent(bytes -> json.put("shmSize", bytes));
        json.set("networks", list(service.networks()));
        json.set("exposed", list(service.exposed()));
        json.put("stopped", service.stopped());
        json.put("created", service.created().toString());
        json.set("settings", texts(service.settings()));
        return json;
    }

    static Service toService(String datastore, ServiceName name, JsonNode json) throws IOException {
        return new Service(datastore, name, ServiceId.of(required(json, "id").asText()), required(json, "image").asText(),
                required(json, "volume").asText(), required(json, "password").asText(), required(json, "rootPassword").asText(),
                list(json, "options"), Env.of(texts(required(json, "env"))), number(json, "memory"), number(json, "shmSize"),
                list(json, "networks"), list(json, "exposed"), required(json, "stopped").asBoolean(),
                Instant.parse(required(json, "created").asText()), new TreeMap<>(texts(required(json, "settings"))));
    }

    private static OptionalLong number(JsonNode json, String field) {
        return json.has(field) ? OptionalLong.of(json.get(field).asLong()) : OptionalLong.empty();
    }

    static ObjectNode fromGlobal(Global global) {
        ObjectNode json = MAPPER.createObjectNode();
        json.set("env", env(global.env()));
        json.set("settings", texts(global.settings()));
        json.set("domains", list(global.domains()));
        return json;
    }

    static Global toGlobal(JsonNode json) throws IOException {
        return new Global(Env.of(texts(required(json, "env"))), texts(required(json, "settings")),
                list(json, "domains").stream().map(Domain::of).toList());
    }

    static ObjectNode fromRelease(Release release) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("number", release.number());
        json.put("image", release.image());
        json.put("tag", release.tag());
        json.put("builder", release.builder());
        json.set("env", env(release.env()));
        ObjectNode processes = json.putObject("processes");
        release.processes().forEach((process, words) -> processes.set(process.value(), list(words)));
        ArrayNode ports = json.putArray("ports");
        release.ports().forEach(ports::add);
        json.put("routed", release.routed());
        json.put("commit", release.commit());
        json.set("files", texts(release.files()));
        json.set("notes", texts(release.notes()));
        json.put("by", release.by());
        json.put("at", release.at().toString());
        return json;
    }

    static Release toRelease(AppName app, JsonNode json) throws IOException {
        SortedMap<ProcessType, List<String>> processes = new TreeMap<>();
        for (Map.Entry<String, JsonNode> each : required(json, "processes").properties()) {
            processes.put(ProcessType.of(each.getKey()), list(each.getValue()));
        }
        List<Integer> ports = new ArrayList<>();
        required(json, "ports").forEach(port -> ports.add(port.asInt()));
        return new Release(app, required(json, "number").asInt(), required(json, "image").asText(), tag(app, required(json, "tag").asText()),
                required(json, "builder").asText(), Env.of(texts(required(json, "env"))), processes, ports,
                required(json, "routed").asBoolean(), required(json, "commit").asText(), texts(required(json, "files")),
                texts(required(json, "notes")), required(json, "by").asText(), Instant.parse(required(json, "at").asText()));
    }

    /// An image's name ends in the app's, which may have been another one when the release was made.
    private static String tag(AppName app, String written) {
        int name = written.lastIndexOf('/') + 1;
        int number = written.indexOf(':', name);
        return name == 0 || number < 0 ? written : written.substring(0, name) + app + written.substring(number);
    }

    static JsonNode required(JsonNode json, String field) throws IOException {
        JsonNode found = json.get(field);
        if (found == null) {
            throw new IOException("the field " + field + " is missing");
        }
        return found;
    }

    private static ObjectNode env(Env env) {
        ObjectNode json = MAPPER.createObjectNode();
        env.asMap().forEach((key, value) -> json.put(key.value(), value));
        return json;
    }

    private static ObjectNode texts(Map<String, String> texts) {
        ObjectNode json = MAPPER.createObjectNode();
        texts.forEach(json::put);
        return json;
    }

    private static Map<String, String> texts(JsonNode json) {
        Map<String, String> texts = new TreeMap<>();
        json.properties().forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
        return texts;
    }

    private static ArrayNode list(Collection<?> values) {
        ArrayNode json = MAPPER.createArrayNode();
        values.forEach(value -> json.add(value.toString()));
        return json;
    }

    private static List<String> list(JsonNode json, String field) throws IOException {
        return list(required(json, field));
    }

    private static List<String> list(JsonNode json) {
        List<String> texts = new ArrayList<>();
        json.forEach(each -> texts.add(each.asText()));
        return texts;
    }
}
