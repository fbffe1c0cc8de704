package hokku.core.datastore;

import hokku.api.Output;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Services that are reached from outside the server, on ports of the host.
public final class Exposure {
    private static final Pattern FORM = Pattern.compile("(?:((?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}):)?([1-9]\\d{0,4})");
    private static final int HIGHEST = 65535;
    /// Below what the kernel gives to connections that go out: one of those would keep a stopped service from coming back.
    private static final int FIRST_RANDOM = 20_000;
    private static final int LAST_RANDOM = 32_767;
    private static final int ATTEMPTS = 200;

    private final Services services;

    public Exposure(Services services) {
        this.services = services;
    }

    /// Exposes the ports of a service.
    ///
    /// @param wanted `[address:]port` for each port of the datastore; none for random ones
    public Service expose(Datastore datastore, ServiceName name, List<String> wanted, Output out) throws InterruptedException {
        List<Place> places = wanted.stream().map(Place::of).toList();
        return services.change(datastore, name, service -> {
            demandUnexposed(service);
            List<Place> chosen = places.isEmpty() ? free(datastore.ports().size()) : places;
            demandFree(datastore, chosen);
            tell(service, out);
            return service.withExposed(chosen.stream().map(Place::toString).toList());
        }, out);
    }

    public Service unexpose(Datastore datastore, ServiceName name, Output out) throws InterruptedException {
        return services.change(datastore, name, service -> {
            if (service.exposed().isEmpty()) {
                throw new UserError("Service not exposed");
            }
            tell(service, out);
            return service.withExposed(List.of());
        }, out);
    }

    private static void tell(Service service, Output out) {
        if (!service.stopped()) {
            out.step("Replacing the container of " + service.name() + ": its connections break off, its data stays");
        }
    }

    private static void demandUnexposed(Service service) {
        if (!service.exposed().isEmpty()) {
            throw new UserError("Service %s already exposed on port(s) %s. To change them: %s:unexpose %s".formatted(service.name(),
                    String.join(" ", service.exposed()), service.datastore(), service.name()));
        }
    }

    private void demandFree(Datastore datastore, List<Place> places) {
        if (places.size() != datastore.ports().size()) {
            throw UserError.usage("%d ports to be exposed need to be provided in the following order: %s".formatted(datastore.ports().size(),
                    String.join(" ", datastore.ports().stream().map(String::valueOf).toList())));
        }
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            if (places.subList(0, i).stream().anyMatch(place::overlaps)) {
                throw UserError.usage("Port " + place.port + " is given twice");
            }
            services.files().all().stream().filter(other -> taken(place, other)).findFirst().ifPresent(other -> {
                throw new UserError("Port %d is taken: the %s service %s is exposed on it. Choose another one".formatted(place.port, other.datastore(), other.name()));
            });
            if (!place.isFree()) {
                throw new UserError("Port " + place + " is taken by another program of the server, or the address is not the server's. Choose another one");
            }
        }
    }

    private static boolean taken(Place place, Service by) {
        return by.exposed().stream().map(Place::of).anyMatch(place::overlaps);
    }

    private List<Place> free(int count) {
        List<Place> found = new ArrayList<>();
        for (int i = 0; i < ATTEMPTS && found.size() < count; i++) {
            Place place = new Place("", ThreadLocalRandom.current().nextInt(FIRST_RANDOM, LAST_RANDOM + 1));
            if (found.stream().noneMatch(place::overlaps) && services.files().all().stream().noneMatch(other -> taken(place, other)) && place.isFree()) {
                found.add(place);
            }
        }
        if (found.size() < count) {
            throw new UserError("No free port was found. Name one");
        }
        return found;
    }

    /// @param address of the host; empty for all of them
    private record Place(String address, int port) {
        private static Place of(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > HIGHEST) {
                throw UserError.usage("Invalid port: \"" + text.replaceAll("\\p{Cntrl}", "?") + "\". Write a number from 1 to 65535, with an"
                        + " address of the server before it if it is to be reached there only: 127.0.0.1:5432");
            }
            return new Place(matcher.group(1) == null || matcher.group(1).equals("0.0.0.0") ? "" : matcher.group(1), Integer.parseInt(matcher.group(2)));
        }

        private boolean overlaps(Place other) {
            return port == other.port && (address.isEmpty() || other.address.isEmpty() || address.equals(other.address));
        }

        /// Whether nobody listens there. Where that cannot be tried, as below 1024, the engine will say it.
        private boolean isFree() {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(address.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(InetAddress.getByName(address), port));
                return true;
            } catch (IOException refused) {
                return String.valueOf(refused.getMessage()).contains("Permission denied");
            }
        }

        @Override
        public String toString() {
            return address.isEmpty() ? String.valueOf(port) : address + ":" + port;
        }
    }
}
