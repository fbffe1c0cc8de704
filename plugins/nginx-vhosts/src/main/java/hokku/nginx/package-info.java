/// The proxy `nginx`: one managed nginx, one configuration file per app, addresses that change without a reload.
package hokku.nginx;
