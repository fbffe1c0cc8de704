package hokku.buildstep;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallbackTemplate;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import hokku.api.Engine;
import hokku.api.HostAuthorities;
import hokku.api.Output;
import hokku.api.UserError;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The image that a stack is built on. One of these serves all builds: who asks for an image that another is just getting waits for that.
final class BaseImage {
    private static final Pattern DEBIAN = Pattern.compile("debian:(?!latest)([a-z]+?)(-slim)?");
    private static final Pattern ANSWER = Pattern.compile("^Status \\d+: (?:\\{\"message\":\"(.*)\"}|(.*))\\s*$", Pattern.DOTALL);
    /// A registry that says nothing for so long will not say anything.
    private static final Duration STALLED = Duration.ofSeconds(60);
    private static final String OTHERWISE = "Load the image on the server, with docker pull %1$s or docker load, or choose another one:"
            + " buildpacks:set-property --global stack <image>";

    /// Makes the image of a suite of Debian, under the name of the image.
    interface Maker {
        void make(String suite, String image, Output out) throws IOException, InterruptedException;
    }

    private final Engine engine;
    private final Maker debian;
    private final Duration stalled;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    BaseImage(Engine engine) {
        this(engine, new Debootstrap(engine, HostAuthorities.ofThisHost()), STALLED);
    }

    /// @param stalled how long a download may stand still
    BaseImage(Engine engine, Maker debian, Duration stalled) {
        this.engine = engine;
        this.debian = debian;
        this.stalled = stalled;
    }

    /// The id of the image that stacks are built on: what the engine has under that name, else what a registry has, else made from
    /// Debian's packages.
    ///
    /// @throws UserError when there is no way to it; the message says what to do
    String id(String name, Output out) throws IOException, InterruptedException {
        String image = complete(name);
        try {
            Optional<String> there = find(image);
            return there.isPresent() ? there.get() : get(image, out);
        } catch (CancellationException cancelled) {
            Thread.interrupted();
            InterruptedException interrupted = new InterruptedException("cancelled while the image " + image + " was looked for");
            interrupted.initCause(cancelled);
            throw interrupted;
        }
    }

    /// With the tag that an engine takes where none is given.
    static String complete(String name) {
        boolean exact = name.contains("@") || name.substring(name.lastIndexOf('/') + 1).contains(":");
        return exact ? name : name + ":latest";
    }

    /// The suite of Debian that an image is made of.
    static Optional<String> suite(String image) {
        Matcher debian = DEBIAN.matcher(image);
        return debian.matches() ? Optional.of(debian.group(1)) : Optional.empty();
    }

    private Optional<String> find(String image) {
        try {
            return Optional.of(engine.client().inspectImageCmd(image).exec().getId());
        } catch (NotFoundException none) {
            return Optional.empty();
        }
    }

    private String get(String image, Output out) throws IOException, InterruptedException {
        ReentrantLock lock = locks.computeIfAbsent(image, any -> new ReentrantLock());
        if (!lock.tryLock()) {
            out.detail("Waiting for the image " + image + ", which another build is getting");
            lock.lockInterruptibly();
        }
        try {
            Optional<String> meanwhile = find(image);
            return meanwhile.isPresent() ? meanwhile.get() : getLocked(image, out);
        } finally {
            lock.unlock();
        }
    }

    private String getLocked(String image, Output out) throws IOException, InterruptedException {
        out.step("Fetching the image " + image);
        Optional<String> reason = pull(image);
        if (reason.isEmpty()) {
            return find(image).orElseThrow(() -> new UserError("The image " + image + " was fetched, and is gone again. " + OTHERWISE.formatted(image)));
        }
        Optional<String> suite = suite(image);
        if (suite.isEmpty()) {
            throw new UserError("The image " + image + " is not on the server and cannot be fetched: " + reason.get() + "\n" + OTHERWISE.formatted(image));
        }
        out.detail("It cannot be fetched: " + reason.get());
        try {
            debian.make(suite.get(), image, out);
        } catch (UserError failed) {
            throw new UserError(failed.exitCode(), failed.getMessage() + "\n" + OTHERWISE.formatted(image), failed);
        }
        return find(image).orElseThrow(() -> new UserError("The image " + image + " was made, and is gone again. Push again"));
    }

    /// @return why there is none, if so
    private Optional<String> pull(String image) throws IOException, InterruptedException {
        DockerClient docker = engine.client();
        try (Pull pull = new Pull()) {
            docker.pullImageCmd(image).exec(pull);
            while (!pull.awaitCompletion(pull.left(stalled).toMillis() + 1, TimeUnit.MILLISECONDS)) {
                if (pull.left(stalled).isZero()) {
                    return Optional.of("the registry sent nothing for " + stalled.toSeconds() + " seconds");
                }
            }
            return pull.error();
        } catch (DockerException | DockerClientException refused) {
            return Optional.of(reason(refused));
        }
    }

    /// What the engine answered, out of the client's exception.
    static String reason(RuntimeException refused) {
        String message = String.valueOf(refused.getMessage());
        Matcher answer = ANSWER.matcher(message);
        if (answer.matches()) {
            message = Optional.ofNullable(answer.group(1)).orElseGet(() -> answer.group(2)).replace("\\\"", "\"").replace("\\n", "\n");
        }
        return message.strip();
    }

    /// A download, and when it was last heard of. Closing it cancels it: the engine gives up what nobody waits for.
    private static final class Pull extends ResultCallbackTemplate<Pull, PullResponseItem> {
        private volatile long heard = System.nanoTime();
        private volatile Optional<String> error = Optional.empty();

        @Override
        public void onNext(PullResponseItem item) {
            heard = System.nanoTime();
            if (item.isErrorIndicated()) {
                error = Optional.of(item.getErrorDetail() != null && item.getErrorDetail().getMessage() != null
                        ? item.getErrorDetail().getMessage() : "no reason given");
            }
        }

        private Duration left(Duration patience) {
            Duration left = patience.minusNanos(System.nanoTime() - heard);
            return left.isNegative() ? Duration.ZERO : left;
        }

        private Optional<String> error() {
            return error;
        }
    }
}
