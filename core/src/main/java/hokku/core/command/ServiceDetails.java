package hokku.core.command;

import hokku.api.Env;
import hokku.api.EnvKey;
import hokku.api.Service;
import hokku.api.UserError;
import hokku.core.datastore.ServiceProperties;
import hokku.core.datastore.Services;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/// What a new service may be like, with the flags that Dokku's plugins have; and how the texts of those values are read.
final class ServiceDetails {
    private static final long MEGABYTE = 1 << 20;

    @Option(names = {"-c", "--config-options"}, paramLabel = "<words>", description = "Further words for the server's command line")
    private String options;
    @Option(names = {"-C", "--custom-env"}, paramLabel = "KEY=VALUE;...", description = "Further variables of its container")
    private String variables;
    @Option(names = {"-i", "--image"}, paramLabel = "<image>", description = "Image to use, without its version")
    private String image;
    @Option(names = {"-I", "--image-version"}, paramLabel = "<version>", description = "Version of the image")
    private String version;
    @Option(names = {"-m", "--memory"}, paramLabel = "<megabytes>", description = "Memory limit, in megabytes")
    private String memory;
    @Option(names = {"-s", "--shm-size"}, paramLabel = "<megabytes>", description = "Size of the shared memory, in megabytes")
    private String shm;
    @Option(names = {"-p", "--password"}, paramLabel = "<password>", description = "Password that apps get; a random one without it")
    private String password;
    @Option(names = {"-r", "--root-password"}, paramLabel = "<password>", description = "Password of the administrator, where that is another one")
    private String root;
    @Option(names = {"-N", "--initial-network"}, paramLabel = "<network>", description = "Network that its container is made in")
    private String initial;
    @Option(names = {"-P", "--post-create-network"}, paramLabel = "<networks>", description = "Further networks that it joins before it starts")
    private String afterCreation;
    @Option(names = {"-S", "--post-start-network"}, paramLabel = "<networks>", description = "Further networks that it joins")
    private String afterStart;

    String image(String usual, String usualVersion) {
        String chosen = Optional.ofNullable(image).orElse(usual) + ":" + Optional.ofNullable(version).orElse(usualVersion);
        return checked(chosen);
    }

    static String checked(String image) {
        if (!image.matches("[a-z0-9][A-Za-z0-9._/:-]{0,200}")) {
            throw UserError.usage("Invalid image specified: use the name of an image, and --image-version for its version");
        }
        return image;
    }

    Service put(Service service) {
        Service changed = service.withPasswords(Optional.ofNullable(password).map(ServiceDetails::secret).orElse(service.password()),
                Optional.ofNullable(root).or(() -> Optional.ofNullable(password)).map(ServiceDetails::secret).orElse(service.rootPassword()));
        changed = changed.withLimits(memory == null ? service.memory() : megabytes(memory), shm == null ? service.shmSize() : megabytes(shm));
        changed = changed.withOptions(options == null ? service.options() : Words.split(options), variables == null ? service.env() : variables(variables));
        changed = afterCreation == null ? changed : ServiceProperties.withNetworksAfterCreation(changed, networks(afterCreation));
        changed = afterStart == null ? changed : ServiceProperties.withNetworksAfterStart(changed, networks(afterStart));
        return initial == null ? changed : changed.withSetting(Services.INITIAL_NETWORK, network(initial));
    }

    private static String secret(String text) {
        if (text.isEmpty() || text.length() > 200 || text.codePoints().anyMatch(Character::isISOControl)) {
            throw UserError.usage("Invalid password: use a line of up to 200 characters");
        }
        return text;
    }

    /// Bytes; none for an empty text.
    static OptionalLong megabytes(String text) {
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        long number = text.matches("\\d{1,8}") ? Long.parseLong(text) : 0;
        if (number < 6 || number > 1 << 24) {
            throw UserError.usage("Invalid size: use a number of megabytes, at least 6");
        }
        return OptionalLong.of(number * MEGABYTE);
    }

    static Env variables(String text) {
        Env env = Env.EMPTY;
        for (String pair : text.isEmpty() ? new String[0] : text.split(";")) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw UserError.usage("Invalid custom environment: write KEY=VALUE;OTHER=VALUE");
            }
            env = env.with(EnvKey.of(pair.substring(0, equals).strip()), pair.substring(equals + 1));
        }
        return env;
    }

    /// Names with commas between them.
    static List<String> networks(String text) {
        return text.isEmpty() ? List.of() : Arrays.stream(text.split(",")).map(ServiceDetails::network).distinct().toList();
    }

    static String network(String text) {
        if (!text.isEmpty() && !text.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")) {
            throw UserError.usage("Invalid network: use the name of a network of the engine, of letters, digits, dots, hyphens and underscores");
        }
        if (List.of("host", "none").contains(text)) {
            throw UserError.usage("Invalid network: a service has a network of its own, never the host's. Name one that was made with docker network create");
        }
        return text;
    }
}
