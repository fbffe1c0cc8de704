package hokku.api;

/// Where one container of a process answers on one of its ports, as seen from the proxy.
///
/// @param index counts the containers of a process, from 1
/// @param containerPort the port inside the container
/// @param host an address that the proxy reaches
/// @param port the port at that address
public record Endpoint(ProcessType process, int index, int containerPort, String host, int port) {
    public static Endpoint of(ProcessType process, int index, int containerPort, String host, int port) {
        return new Endpoint(process, index, containerPort, host, port);
    }
}
