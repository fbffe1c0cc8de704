package hokku.testkit;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/// Where containers reach this machine.
public final class BridgeAddress {
    private BridgeAddress() {}

    /// The engine does not always say what it gave a bridge: the bridge itself does.
    ///
    /// @param bridge the link's name, as the engine's network has it in its option `com.docker.network.bridge.name`
    public static String of(String bridge) throws SocketException {
        return NetworkInterface.getByName(bridge).inetAddresses().filter(Inet4Address.class::isInstance).map(InetAddress::getHostAddress)
                .findFirst().orElseThrow(() -> new IllegalStateException(bridge + " has no address"));
    }
}
