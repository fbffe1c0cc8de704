package hokku.api;

/// What an app gets of a service that it is linked to.
///
/// @param datastore the name of the datastore: `postgres`
/// @param service the service's id, which survives a rename
/// @param variable the name of the variable with its address
/// @param query what was asked to stand behind a `?` in the address; empty for nothing
/// @param address the address with its password
public record Link(String datastore, ServiceId service, EnvKey variable, String query, String address) {
    public Link withAddress(String changed) {
        return new Link(datastore, service, variable, query, changed);
    }

    public Link withVariable(EnvKey changed) {
        return new Link(datastore, service, changed, query, address);
    }

    @Override
    public String toString() {
        return "Link[" + datastore + " " + service + " as " + variable + "]";
    }
}
