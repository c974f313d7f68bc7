# cli/ - May include: lib/ rrd/ collector/ usage/ alerts/ cli/.
