# collector/ - asks the devices. May include: lib/ rrd/ stream/ collector/.
