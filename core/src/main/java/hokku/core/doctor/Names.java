package hokku.core.doctor;

import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Domain;
import hokku.api.Finding;
import hokku.api.spi.Examination;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Whether the domains lead to this machine. Never more than a warning: in front of it may be a proxy or a router.
final class Names implements Examination {
    /// How names become addresses.
    interface Resolver {
        List<InetAddress> resolve(String name) throws UnknownHostException;
    }

    private static final int AT_ONCE = 16;
    private static final int MOST = 400;
    private static final int SHOWN = 20;
    /// Stands for the name of any app.
    private static final String ANY = "hokku-doctor.";
    private static final String SELF_EXPLAINING = ".sslip.io";

    private record Answer(String name, List<InetAddress> addresses) {}

    private final Apps apps;
    private final String address;
    private final Resolver resolver;
    private final Duration patience;

    /// @param address where the server says that it is reached from outside
    Names(Apps apps, String address, Resolver resolver, Duration patience) {
        this.apps = apps;
        this.address = address;
        this.resolver = resolver;
        this.patience = patience;
    }

    @Override
    public String name() {
        return "dns";
    }

    @Override
    public List<Finding> examine() throws SocketException, InterruptedException {
        Map<String, String> asked = names();
        Set<InetAddress> own = own();
        Map<String, List<InetAddress>> answers = ask(asked.keySet());
        // The address of a router in front may be given by a name as well.
        own.addAll(answers.getOrDefault(address, List.of()));
        List<Finding> findings = new ArrayList<>();
        asked.forEach((name, what) -> judge(name, what, Optional.ofNullable(answers.get(name)), own).ifPresent(findings::add));
        if (findings.isEmpty()) {
            return List.of(Finding.well(asked.size() + " names lead here"));
        }
        if (findings.size() > SHOWN) {
            int more = findings.size() - SHOWN;
            findings.subList(SHOWN, findings.size()).clear();
            findings.add(Finding.warning(more + " more names do not lead here", "Ask again when those above do"));
        }
        return findings;
    }

    /// The names to ask for, with what each of them is.
    private Map<String, String> names() {
        Map<String, String> names = new LinkedHashMap<>();
        List<Domain> platform = apps.global().domains();
        platform.forEach(domain -> names.put(ANY + domain, "the global domain " + domain + " (any name below it)"));
        Set<String> holdingAddress = new HashSet<>();
        for (AppName name : apps.list()) {
            for (Domain domain : apps.find(name).map(apps::domains).orElse(List.of())) {
                String plain = domain.value().replaceFirst("^\\*\\.", ANY);
                boolean follows = platform.stream().anyMatch(above -> plain.equals(name + "." + above));
                // Such names hold their address themselves, so one of them stands for all.
                boolean another = plain.endsWith(SELF_EXPLAINING) && !holdingAddress.add(plain.substring(plain.indexOf('.')));
                if (!follows && !another && names.size() < MOST) {
                    names.put(plain, domain + " of " + name);
                }
            }
        }
        return names;
    }

    private static Set<InetAddress> own() throws SocketException {
        return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).collect(Collectors.toCollection(HashSet::new));
    }

    /// The addresses of each name that was answered in time. A look-up cannot be interrupted: those that take longer end by themselves.
    private Map<String, List<InetAddress>> ask(Set<String> wanted) throws InterruptedException {
        Set<String> names = new LinkedHashSet<>(wanted);
        if (!address.isBlank()) {
            names.add(address);
        }
        BlockingQueue<String> waiting = new LinkedBlockingQueue<>(names);
        BlockingQueue<Answer> answered = new LinkedBlockingQueue<>();
        for (int i = 0; i < Math.min(AT_ONCE, names.size()); i++) {
            Thread.ofPlatform().daemon().name("doctor-dns").start(() -> {
                for (String name = waiting.poll(); name != null; name = waiting.poll()) {
                    answered.add(new Answer(name, resolved(name)));
                }
            });
        }
        long deadline = System.nanoTime() + patience.toNanos();
        Map<String, List<InetAddress>> answers = new LinkedHashMap<>();
        try {
            while (answers.size() < names.size()) {
                Answer answer = answered.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (answer == null) {
                    break;
                }
                answers.put(answer.name(), answer.addresses());
            }
        } finally {
            waiting.clear();
        }
        return answers;
    }

    private List<InetAddress> resolved(String name) {
        try {
            return resolver.resolve(name);
        } catch (UnknownHostException none) {
            return List.of();
        }
    }

    private Optional<Finding> judge(String name, String what, Optional<List<InetAddress>> found, Set<InetAddress> own) {
        String set = "Let " + name + " lead to " + (address.isBlank() ? "this machine" : address)
                + " where its DNS is kept. Behind a proxy or a router this may be as it should be";
        if (found.isEmpty()) {
            return Optional.of(Finding.warning(what + ": no answer from DNS in time", "Look at this machine's name servers: /etc/resolv.conf"));
        }
        if (found.get().isEmpty()) {
            return Optional.of(Finding.warning(what + " is unknown to DNS", set));
        }
        if (found.get().stream().noneMatch(own::contains)) {
            return Optional.of(Finding.warning(what + " leads to " + found.get().getFirst().getHostAddress() + ", not here", set));
        }
        return Optional.empty();
    }
}
