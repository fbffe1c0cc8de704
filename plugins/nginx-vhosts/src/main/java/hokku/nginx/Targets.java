package hokku.nginx;

import hokku.api.AppName;
import hokku.api.Endpoint;
import hokku.api.PortMapping;
import hokku.api.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/// Where the containers of each app answer, as links that nginx follows for every request.
///
/// A new address takes effect with one rename, for the next request on any connection. A reload of nginx would take tenths of a second,
/// close idle connections of clients at a moment when they may just send a request, and cut the WebSockets of all other apps
/// some time later.
///
/// `live/<app>/<port>x<slots>` is a link to a set: a folder with a link per slot, each to an empty folder beside it that is named
/// by an address. nginx picks a slot by chance and resolves it to that name. Slots are spread evenly over the containers; the slot
/// `<n>-again` leads to another container, for a request that the first one did not take: on another machine, where there is one, as the
/// whole machine may be lost.
final class Targets {
    /// The numbers of slots that there are; an app has several times as many as it has containers.
    static final List<Integer> SLOTS = List.of(12, 50, 500);

    private static final String NONE = "none";
    private static final String AGAIN = "-again";
    private static final Duration STILL_READ = Duration.ofSeconds(10);
    private static final Duration LEFT_BEHIND = Duration.ofMinutes(1);

    private final Folder folder;

    private final Queue<Retired> retired = new ConcurrentLinkedQueue<>();

    Targets(Folder folder) {
        this.folder = folder;
    }

    /// The containers' port that a port of the proxy leads to, and over how many slots they are spread.
    record Place(AppName app, int containerPort, int slots) {
        String key() {
            return containerPort + "x" + slots;
        }
    }

    static int slots(Route route, PortMapping mapping) {
        int containers = addresses(route, mapping.containerPort()).size();
        return containers <= 4 ? SLOTS.get(0) : containers <= 25 ? SLOTS.get(1) : SLOTS.get(2);
    }

    /// Prepares what a route needs, with nothing of it live yet.
    ///
    /// @return one per port of the containers whose addresses differ from the live ones
    List<Staged> stage(Route route) throws IOException {
        List<Staged> staged = new ArrayList<>();
        Set<Place> places = new HashSet<>();
        try {
            for (PortMapping mapping : AppConfig.http(route)) {
                Place place = new Place(route.app().name(), mapping.containerPort(), slots(route, mapping));
                if (places.add(place)) {
                    stage(place, addresses(route, mapping.containerPort())).ifPresent(staged::add);
                }
            }
        } catch (IOException | RuntimeException failure) {
            staged.forEach(Staged::discard);
            throw failure;
        }
        return staged;
    }

    private Optional<Staged> stage(Place place, List<String> addresses) throws IOException {
        Path home = folder.live().resolve(place.app().value());
        folder.directory(home);
        // Another app may have got the former name of one that was renamed.
        retired.removeIf(each -> each.set().equals(home));
        removeRetired();
        Path link = home.resolve(place.key());
        if (assigned(link, place.slots()).equals(assignment(addresses, place.slots()))) {
            return Optional.empty();
        }
        Path set = home.resolve("." + place.key() + "-" + UUID.randomUUID());
        try {
            folder.directory(set);
            for (String address : addresses.isEmpty() ? List.of(NONE) : addresses) {
                folder.directory(set.resolve(address));
            }
            List<String> targets = assignment(addresses, place.slots());
            for (int slot = 0; slot < place.slots(); slot++) {
                Files.createSymbolicLink(set.resolve(String.valueOf(slot)), Path.of(targets.get(slot)));
                Files.createSymbolicLink(set.resolve(slot + AGAIN), Path.of(again(addresses, targets.get(slot), slot)));
            }
        } catch (IOException | RuntimeException failure) {
            Folder.deleteTree(set);
            throw failure;
        }
        return Optional.of(new Staged(link, set, retired));
    }

    /// Forgets an app.
    void remove(AppName app) throws IOException {
        Folder.deleteTree(folder.live().resolve(app.value()));
    }

    /// Forgets the former name of an app that was renamed, once nobody can still be led by it.
    void retire(AppName former) {
        retired.add(new Retired(folder.live().resolve(former.value()), Instant.now()));
    }

    /// Removes what no configuration refers to: sets that a crash left, places of former ports. A set that is
    /// being staged is younger than what a crash left.
    void sweep(Collection<AppConfig> apps) throws IOException {
        Map<String, AppConfig> byName = apps.stream().collect(Collectors.toMap(app -> app.app().value(), app -> app));
        for (Path home : Folder.list(folder.live())) {
            AppConfig app = byName.get(home.getFileName().toString());
            if (app == null) {
                Folder.deleteTree(home);
            } else {
                sweep(home, app.places());
            }
        }
    }

    private static void sweep(Path home, Set<String> places) throws IOException {
        Set<Path> used = new HashSet<>();
        List<Path> all = Folder.list(home);
        for (Path each : all) {
            if (Files.isSymbolicLink(each)) {
                if (places.contains(each.getFileName().toString())) {
                    used.add(home.resolve(Files.readSymbolicLink(each)));
                } else {
                    Files.delete(each);
                }
            }
        }
        for (Path each : all) {
            if (!used.contains(each) && Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)
                    && Files.getLastModifiedTime(each).toInstant().isBefore(Instant.now().minus(LEFT_BEHIND))) {
                Folder.deleteTree(each);
            }
        }
    }

    /// A set that was live until a moment ago may still be read by a worker of nginx, so it stays for a while.
    private void removeRetired() throws IOException {
        Instant limit = Instant.now().minus(STILL_READ);
        for (Retired each = retired.peek(); each != null && each.at().isBefore(limit); each = retired.peek()) {
            if (retired.remove(each)) {
                Folder.deleteTree(each.set());
            }
        }
    }

    private static List<String> assigned(Path link, int slots) throws IOException {
        List<String> found = new ArrayList<>();
        try {
            for (int slot = 0; slot < slots; slot++) {
                found.add(Files.readSymbolicLink(link.resolve(String.valueOf(slot))).toString());
            }
        } catch (NoSuchFileException | NotLinkException incomplete) {
            return List.of();
        }
        return found;
    }

    private static List<String> assignment(List<String> addresses, int slots) {
        List<String> targets = new ArrayList<>();
        for (int slot = 0; slot < slots; slot++) {
            targets.add(addresses.isEmpty() ? NONE : addresses.get(slot % addresses.size()));
        }
        return targets;
    }

    /// The one that a request is led to which the first one did not take. They take turns, so that none gets all that another one misses.
    private static String again(List<String> addresses, String first, int slot) {
        List<String> elsewhere = addresses.stream().filter(address -> !host(address).equals(host(first))).toList();
        List<String> others = elsewhere.isEmpty() ? addresses.stream().filter(address -> !address.equals(first)).toList() : elsewhere;
        return others.isEmpty() ? first : others.get(slot / addresses.size() % others.size());
    }

    private static String host(String address) {
        return address.substring(0, address.lastIndexOf(':'));
    }

    private static List<String> addresses(Route route, int containerPort) {
        return route.endpoints().stream().filter(endpoint -> endpoint.containerPort() == containerPort).map(Targets::address)
                .distinct().sorted().toList();
    }

    /// The endpoint as nginx names it.
    static String address(Endpoint endpoint) {
        String host = endpoint.host();
        if (!host.matches("[0-9a-fA-F.:]+")) {
            throw new IllegalArgumentException("not an address of a container: " + host);
        }
        return (host.contains(":") ? "[" + host.toLowerCase(java.util.Locale.ROOT) + "]" : host) + ":" + endpoint.port();
    }

    /// A set that was live until then.
    private record Retired(Path set, Instant at) {}

    /// A set that waits to become live. Used by one thread at a time.
    static final class Staged {
        private final Path link;
        private final Path set;
        private final Queue<Retired> retired;
        private Optional<Path> former = Optional.empty();

        private Staged(Path link, Path set, Queue<Retired> retired) {
            this.link = link;
            this.set = set;
            this.retired = retired;
        }

        /// Makes it live, in one step.
        void swap() throws IOException {
            if (Files.isSymbolicLink(link)) {
                former = Optional.of(Files.readSymbolicLink(link));
            }
            point(set.getFileName());
        }

        /// Brings back what was live before [#swap].
        void undo() throws IOException {
            if (former.isPresent()) {
                point(former.get());
            } else {
                Files.deleteIfExists(link);
            }
        }

        /// Lets go of what was live before.
        void release() {
            former.ifPresent(name -> retired.add(new Retired(link.resolveSibling(name), Instant.now())));
        }

        void discard() {
            try {
                Folder.deleteTree(set);
            } catch (IOException left) {
                throw new java.io.UncheckedIOException(left);
            }
        }

        private void point(Path target) throws IOException {
            Path temporary = link.resolveSibling(link.getFileName() + ".new");
            Files.deleteIfExists(temporary);
            Files.createSymbolicLink(temporary, target);
            Files.move(temporary, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
