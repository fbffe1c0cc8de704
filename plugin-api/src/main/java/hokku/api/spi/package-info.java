/// What plugins can provide. Only default methods are ever added to these interfaces.
package hokku.api.spi;
