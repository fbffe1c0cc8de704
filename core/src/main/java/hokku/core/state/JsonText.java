package hokku.core.state;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.EnvKey;
import hokku.api.Json;
import hokku.api.PortMapping;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// JSON as users and plugins see it: names, times and other single values are text, durations are seconds, what is absent is null.
///
/// Reading allows comments and a comma too many, which people leave in files they write by hand.
public final class JsonText implements Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_TRAILING_COMMA)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .addModule(values())
            .build();
    private static final ObjectWriter WRITER = MAPPER.writer(new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n")).withArrayIndenter(new DefaultIndenter("  ", "\n")));

    @Override
    public String write(Object value) {
        return written(WRITER, value);
    }

    /// Writes a value on one line.
    public String line(Object value) {
        return written(MAPPER.writer(), value);
    }

    private static String written(ObjectWriter writer, Object value) {
        try {
            return writer.writeValueAsString(value);
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException("no JSON can be made of a " + value.getClass().getName(), wrong);
        }
    }

    @Override
    public Object read(String text) {
        Object value;
        try {
            value = MAPPER.readValue(text, Object.class);
        } catch (JsonProcessingException wrong) {
            throw new UserError(UserError.FAILED, "Invalid JSON" + place(wrong.getLocation()) + ": " + firstLine(wrong.getOriginalMessage()), wrong);
        }
        if (value == null) {
            throw new UserError("Invalid JSON: it holds nothing but null");
        }
        return value;
    }

    private static String place(JsonLocation location) {
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static String firstLine(String message) {
        // Where the parser says it twice, the second time in its own words.
        return message.lines().findFirst().orElse("").replaceFirst(" \\(start marker at .*", "");
    }

    private static SimpleModule values() {
        SimpleModule module = new SimpleModule();
        for (Class<?> text : new Class<?>[] {AppName.class, AppId.class, Domain.class, EnvKey.class, PortMapping.class, ProcessType.class,
                Instant.class, Path.class}) {
            module.addSerializer(text, writing((value, json) -> json.writeString(value.toString())));
        }
        module.addSerializer(Duration.class, writing((value, json) -> json.writeNumber(((Duration) value).toSeconds())));
        module.addSerializer(Optional.class, writing((value, json) -> json.writePOJO(((Optional<?>) value).orElse(null))));
        module.addSerializer(OptionalInt.class, writing((value, json) -> {
            OptionalInt number = (OptionalInt) value;
            json.writePOJO(number.isPresent() ? number.getAsInt() : null);
        }));
        module.addSerializer(OptionalLong.class, writing((value, json) -> {
            OptionalLong number = (OptionalLong) value;
            json.writePOJO(number.isPresent() ? number.getAsLong() : null);
        }));
        return module;
    }

    private interface Writing {
        void write(Object value, JsonGenerator json) throws IOException;
    }

    private static <T> JsonSerializer<T> writing(Writing writing) {
        return new JsonSerializer<>() {
            @Override
            public void serialize(T value, JsonGenerator json, SerializerProvider provider) throws IOException {
                writing.write(value, json);
            }
        };
    }
}
